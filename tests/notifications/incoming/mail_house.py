"""A mail server of our own for a test: Postfix and Dovecot from Debian, on loopback, in one folder.

Nothing of it can leave: what is not for its own domains fails. It never runs as the machine's own.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from smtplib import SMTP

POSTFIX, DOVECOT = Path("/usr/lib/postfix/sbin"), Path("/usr/sbin/dovecot")
OWNERS = ("postfix", "dovecot", "dovenull")
PASSWORD = "hush"
NOBODY = 65534
READY_SECONDS = 15
QUEUES: Mapping[str, int] = {
    **dict.fromkeys(("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "saved", "trace",
                     "private"), 0o700),
    "maildrop": 0o730, "public": 0o710, "pid": 0o755,
}  # fmt: skip
SERVICES = """
smtp-in   inet  n - n - -   smtpd
cleanup   unix  n - n - 0   cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - -   trivial-rewrite
bounce    unix  - - n - 0   bounce
defer     unix  - - n - 0   bounce
trace     unix  - - n - 0   bounce
verify    unix  - - n - 1   verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - -   proxymap
error     unix  - - n - -   error
retry     unix  - - n - -   error
discard   unix  - - n - -   discard
lmtp      unix  - - n - -   lmtp
anvil     unix  - - n - 1   anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def what_is_missing() -> str:
    """Why there can be no mail server here; empty where there can."""
    for program in (POSTFIX / "master", DOVECOT, Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so")):
        if not program.exists():
            return f"{program} is not installed"
    if os.geteuid() != 0:
        return "only root starts a mail server"
    for name in OWNERS:
        try:
            pwd.getpwnam(name)
        except KeyError:
            return f"nobody here is called {name}"
    version = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True, check=True).stdout
    return "" if version.startswith("2.3.") else f"it is written for Dovecot 2.3, and this is {version.strip()}"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _came(path: Path) -> tuple[int, int]:
    """The second and the microsecond in a maildir's file name, whose digits are not padded: as words they lie."""
    second, microsecond = re.match(r"(\d+)\.M(\d+)P", path.name).groups()  # type: ignore[union-attr]  # Dovecot's names
    return int(second), int(microsecond)


class MailHouse:
    """Mailboxes for some addresses, each with the password PASSWORD; of others of the same domains nobody is known."""

    def __init__(self, folder: Path, addresses: Sequence[str]) -> None:
        self.folder = folder
        self.addresses = tuple(addresses)
        self.smtp, self.lmtp, self.imap = free_port(), free_port(), free_port()
        self._running: list[subprocess.Popen[bytes]] = []

    def maildir(self, address: str) -> Path:
        return self.folder / "mail" / address

    def raw(self, address: str) -> list[bytes]:
        """What has arrived for an address, in the order in which it came."""
        found = [*self.maildir(address).glob("new/*"), *self.maildir(address).glob("cur/*")]
        return [path.read_bytes() for path in sorted(found, key=_came)]

    def arrived(self, address: str) -> list[EmailMessage]:
        """The same, read."""
        return [message_from_bytes(raw, policy=default) for raw in self.raw(address)]

    def wait_for(self, address: str, count: int, seconds: float = READY_SECONDS) -> list[EmailMessage]:
        """The same, once so many are there."""
        until = time.monotonic() + seconds
        while len(found := self.arrived(address)) < count:
            assert time.monotonic() < until, f"{len(found)} of {count} came to {address}:\n{self.log()[-4000:]}"
            time.sleep(0.05)
        return found

    def idle(self) -> bool:
        """Whether no mail is on its way."""
        return not any(path.is_file() for queue in ("incoming", "active", "deferred", "maildrop")
                       for path in (self.folder / "queue" / queue).rglob("*"))  # fmt: skip

    def wait_until_idle(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while not self.idle():
            assert time.monotonic() < until, self.log()[-4000:]
            time.sleep(0.05)

    def send(self, sender: str, to: str, raw: bytes) -> None:
        """Somebody's mail program hands in a mail."""
        with SMTP("127.0.0.1", self.smtp, timeout=10) as smtp:
            smtp.sendmail(sender, [to], raw)

    def robot(self, address: str, words: str) -> None:
        """Have an address answer by itself that its owner is away."""
        home = self.folder / "home" / address
        script = f'require "vacation";\nvacation :days 1 :addresses "{address}" "{words}";\n'
        (home / ".dovecot.sieve").write_text(script)
        shutil.chown(home / ".dovecot.sieve", NOBODY, NOBODY)

    def log(self) -> str:
        texts = [path.read_text(errors="replace") for path in (self.folder / "log").glob("*")]
        return "\n".join(texts)

    @contextmanager
    def open(self) -> Iterator["MailHouse"]:
        self._lay_out()
        try:
            self._start([str(DOVECOT), "-F", "-c", str(self.folder / "dovecot.conf")], "dovecot")
            self._start([str(POSTFIX / "master"), "-c", str(self.folder / "postfix"), "-d"], "postfix")
            for port in (self.smtp, self.lmtp, self.imap):
                self._wait_for_port(port)
            yield self
        finally:
            for one in reversed(self._running):
                one.send_signal(signal.SIGTERM)
            for one in self._running:
                try:
                    one.wait(10)
                except subprocess.TimeoutExpired:
                    one.kill()
                    one.wait(10)

    def _start(self, command: list[str], name: str) -> None:
        with (self.folder / "log" / f"{name}.out").open("wb") as log:
            # a daemon behind a pipe would hold it open for ever
            self._running.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            )

    def _wait_for_port(self, port: int) -> None:
        until = time.monotonic() + READY_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            assert time.monotonic() < until, f"nobody listens on {port}:\n{self.log()[-4000:]}"
            time.sleep(0.05)

    def _lay_out(self) -> None:
        self.folder.chmod(0o755)
        for name in ("log", "mail", "home", "postfix", "queue", "data", "run"):
            (self.folder / name).mkdir()
        for address in self.addresses:
            (self.folder / "home" / address).mkdir()
        for owned in ("mail", "home"):
            for path in (self.folder / owned, *(self.folder / owned).iterdir()):
                shutil.chown(path, NOBODY, NOBODY)
        for name, mode in QUEUES.items():
            path = self.folder / "queue" / name
            path.mkdir()
            path.chmod(mode)
            shutil.chown(path, "root" if name == "pid" else "postfix", "postdrop" if mode in (0o730, 0o710) else None)
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "log", "postfix")
        (self.folder / "log").chmod(0o777)
        (self.folder / "postfix" / "main.cf").write_text(self._main())
        services = SERVICES.replace("smtp-in  ", f"127.0.0.1:{self.smtp}").strip()
        (self.folder / "postfix" / "master.cf").write_text(f"{services}\n")
        (self.folder / "dovecot.conf").write_text(self._dovecot())
        known = [
            f"{one}:{{PLAIN}}{PASSWORD}:{NOBODY}:{NOBODY}::{self.folder / 'home' / one}::\n" for one in self.addresses
        ]
        (self.folder / "users").write_text("".join(known))

    def _main(self) -> str:
        domains = ", ".join(sorted({one.partition("@")[2] for one in self.addresses}))
        return f"""compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
daemon_directory = {POSTFIX}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {self.folder}/log/postfix
maillog_file_prefixes = {self.folder}
myhostname = mx.impuls.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
smtpd_peername_lookup = no
smtpd_recipient_restrictions = permit_mynetworks, reject
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{self.lmtp}
local_transport = error:nobody is here
default_transport = error:5.7.1 nothing leaves this house
relay_transport = error:5.7.1 nothing leaves this house
alias_maps =
alias_database =
smtputf8_enable = no
lmtp_destination_recipient_limit = 1
"""

    def _dovecot(self) -> str:
        return f"""base_dir = {self.folder}/run
log_path = {self.folder}/log/dovecot
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_format = %Lu
mail_location = maildir:{self.folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
userdb {{
  driver = passwd-file
  args = {self.folder}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.lmtp}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
  postmaster_address = postmaster@impuls.example
}}
plugin {{
  sieve = file:~/.dovecot.sieve
}}
submission_host = 127.0.0.1:{self.smtp}
"""
