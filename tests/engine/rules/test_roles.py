"""May everybody do what is theirs to do, and nobody else?"""

import pytest
from samples import sample_workflow

from engine.rules.roles import Standing, may_act_as, may_judge, must_be_staff

WORKFLOW = sample_workflow()
NOBODY = Standing()
CONTACT = Standing(contact=True)
STAFF = Standing(roles=frozenset({"staff"}))
MEMBER = Standing(roles=frozenset({"jury"}))
CHAIR = Standing(roles=frozenset({"jury"}), chairs=frozenset({"jury"}))
OBSERVER = Standing(roles=frozenset({"jury observer"}))
CONFLICTED_CHAIR = Standing(roles=frozenset({"jury"}), chairs=frozenset({"jury"}), conflict=True)
CONFLICTED_STAFF = Standing(roles=frozenset({"staff"}), conflict=True)
OTHER_CHAIR = Standing(roles=frozenset({"board"}), chairs=frozenset({"board"}))

ONLY_CONTACT = "only a contact of the dossier may do this"
ONLY_STAFF = "only programme staff may do this"
ONLY_CHAIR = 'only the chair of "Jury" (jury) may do this, or staff who minute it'
CONFLICT = "you have a conflict with this dossier; staff can minute what the others decide"
ONLY_MEMBERS = "only members of the committee that decides on this dossier may do this"


@pytest.mark.parametrize(
    ("standing", "as_applicant", "as_staff", "as_jury"),
    [
        (NOBODY, ONLY_CONTACT, ONLY_STAFF, ONLY_CHAIR),
        (CONTACT, None, ONLY_STAFF, ONLY_CHAIR),
        (STAFF, ONLY_CONTACT, None, None),
        (MEMBER, ONLY_CONTACT, ONLY_STAFF, ONLY_CHAIR),
        (CHAIR, ONLY_CONTACT, ONLY_STAFF, None),
        (OBSERVER, ONLY_CONTACT, ONLY_STAFF, ONLY_CHAIR),
        (CONFLICTED_CHAIR, ONLY_CONTACT, ONLY_STAFF, CONFLICT),
        (CONFLICTED_STAFF, ONLY_CONTACT, None, None),  # staff only minute what others decided
        (OTHER_CHAIR, ONLY_CONTACT, ONLY_STAFF, ONLY_CHAIR),
    ],
)
def test_everybody_acts_in_their_own_role_only(
    standing: Standing, as_applicant: str | None, as_staff: str | None, as_jury: str | None
) -> None:
    told = [may_act_as(role, standing, WORKFLOW) for role in ("applicant", "staff", "jury")]
    assert [refusal and refusal.sentence for refusal in told] == [as_applicant, as_staff, as_jury]


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (MEMBER, None),
        (CHAIR, None),
        (NOBODY, ONLY_MEMBERS),
        (CONTACT, ONLY_MEMBERS),
        (STAFF, ONLY_MEMBERS),
        (OBSERVER, ONLY_MEMBERS),
        (OTHER_CHAIR, ONLY_MEMBERS),
        (CONFLICTED_CHAIR, "you have declared a conflict with this dossier"),
    ],
)
def test_members_without_a_conflict_judge(standing: Standing, sentence: str | None) -> None:
    refusal = may_judge("jury", standing)
    assert (refusal and refusal.sentence) == sentence


def test_nobody_judges_where_no_committee_decides() -> None:
    refusal = may_judge(None, CHAIR)
    assert refusal is not None
    assert (refusal.code, refusal.sentence) == ("role", ONLY_MEMBERS)


def test_what_only_staff_do() -> None:
    assert must_be_staff(STAFF) is None
    assert [str(must_be_staff(standing)) for standing in (NOBODY, CONTACT, CHAIR)] == [ONLY_STAFF] * 3
