"""How fast does SpiffWorkflow move dossiers, each a BPMN process that is kept serialised, with a commit every 500?"""

import json
from collections.abc import Callable
from io import BytesIO

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

from bench.peers.tables import COMMIT_EVERY, Tables, main

PROCESS = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench" id="definitions">
  <process id="dossier" isExecutable="true">
    <startEvent id="start"><outgoing>a</outgoing></startEvent>
    <manualTask id="submitted"><incoming>a</incoming><outgoing>b</outgoing></manualTask>
    <manualTask id="in_preselection"><incoming>b</incoming><outgoing>c</outgoing></manualTask>
    <endEvent id="end"><incoming>c</incoming></endEvent>
    <sequenceFlow id="a" sourceRef="start" targetRef="submitted"/>
    <sequenceFlow id="b" sourceRef="submitted" targetRef="in_preselection"/>
    <sequenceFlow id="c" sourceRef="in_preselection" targetRef="end"/>
  </process>
</definitions>"""


def move(address: str, dossiers: int) -> Callable[[], None]:
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(PROCESS))
    spec = parser.get_spec("dossier")
    serializer = BpmnWorkflowSerializer()
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    tables = Tables(address)
    # the process itself is kept once, as an installation would that cares for speed
    held = serializer.to_dict(workflow)
    shared = held.pop("spec")
    tables.make(dossiers, json.dumps(held))

    def once() -> None:
        last = 0
        while True:
            with tables.transaction():
                some = tables.execute(
                    f"SELECT id, number, email, held FROM dossier WHERE id > ? AND state = 'submitted' "
                    f"ORDER BY id LIMIT {COMMIT_EVERY}", (last,),
                ).fetchall()  # fmt: skip
                for dossier_id, number, email, text in some:
                    process = serializer.from_dict({**json.loads(text), "spec": shared})
                    (task,) = process.get_tasks(state=TaskState.READY, manual=True)
                    task.run()
                    process.do_engine_steps()
                    (task,) = process.get_tasks(state=TaskState.READY, manual=True)
                    kept = serializer.to_dict(process)
                    del kept["spec"]
                    tables.execute(
                        "UPDATE dossier SET state = ?, held = ? WHERE id = ?",
                        (task.task_spec.bpmn_id, json.dumps(kept), dossier_id),
                    )
                    tables.write_move(dossier_id, number, email)
                    last = dossier_id
            if not some:
                return

    return once


if __name__ == "__main__":
    main(move)
