"""A network on this machine: names of a script, servers on loopback that behave as badly as a test wants.

Nothing here opens or reaches anything but 127.0.0.1. Whoever dials any address of the script gets a connection to
a server of ours, so that the fetcher runs with the rules of the product. Every loop is bounded.
"""

import gzip
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tacenda.adapters.fetcher import Wires, tls_context
from tacenda.testing.fetching import ADDRESS, Page

LOOPBACK: Final = "127.0.0.1"
MOST_SENT: Final = 64_000_000
Behaviour = Callable[["Talk"], None]


class Talk:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, request: bytes) -> None:
        self.request = request
        self._connection = connection
        self._sent = 0

    def send(self, data: bytes) -> bool:
        """Whether it still went out; after 64 MB nothing does."""
        self._sent += len(data)
        if self._sent > MOST_SENT:
            return False
        try:
            self._connection.sendall(data)
        except OSError:
            return False
        return True


def reply(page: Page, *, framing: str = "length") -> Behaviour:
    """A well-formed answer; `framing` is ``length``, ``chunked`` or ``close``."""

    def talk(to: Talk) -> None:
        fields = [f"{name}: {value}" for name, value in page.fields]
        body = page.body
        if framing == "length":
            fields.append(f"Content-Length: {len(body)}")
        elif framing == "chunked":
            fields.append("Transfer-Encoding: chunked")
            pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        head = "\r\n".join([f"HTTP/1.1 {page.status} Scripted", *fields]) + "\r\n\r\n"
        to.send(head.encode("latin-1") + body)

    return talk


def raw(data: bytes) -> Behaviour:
    """These very bytes, and the end."""

    def talk(to: Talk) -> None:
        to.send(data)

    return talk


def drip(head: bytes, piece: bytes, *, times: int, pause_s: float = 0.0) -> Behaviour:
    """`head`, and then `piece` again and again: a slow-loris with a pause, an endless header or body without."""

    def talk(to: Talk) -> None:
        if not to.send(head):
            return
        for _ in range(times):
            if not to.send(piece):
                return
            if pause_s:
                time.sleep(pause_s)

    return talk


def gzip_bomb(megabytes: int) -> Behaviour:
    """A small answer that unpacks to much."""
    packed = gzip.compress(b"\0" * (megabytes << 20), mtime=0)
    return reply(Page(packed, 200, (("Content-Encoding", "gzip"),)))


def sent_bytes(status: int = 200, *fields: str) -> bytes:
    """The beginning of an answer: status line and `fields`, with the empty line after them."""
    return "\r\n".join([f"HTTP/1.1 {status} Scripted", *fields, "", ""]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


@dataclass
class Authority:
    """Signs certificates for tests; fixed dates, keys made anew."""

    name: str = "Test Authority"
    _key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def pem(self) -> str:
        """What has to be trusted."""
        return self._signed(self.name, self._key, (2020, 2099), authority=True).certificate

    def issue(self, host: str, *, years: tuple[int, int] = (2020, 2099)) -> Paper:
        return self._signed(host, ec.generate_private_key(ec.SECP256R1()), years)

    def issue_weak(self, host: str) -> Paper:
        """With an RSA key of 1,024 bits, which security level 2 refuses."""
        key = rsa.generate_private_key(65537, 1024)  # noqa: S505
        return self._signed(host, key, (2020, 2099))

    def _signed(
        self,
        subject: str,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        years: tuple[int, int],
        *,
        authority: bool = False,
    ) -> Paper:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(subject))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return Paper(certificate.public_bytes(pem).decode(), private.decode())


class RsaAuthority(Authority):
    """Can also sign over SHA-1, which the library refuses: the certificate is changed and signed by hand."""

    def __init__(self) -> None:
        self._rsa = rsa.generate_private_key(65537, 2048)
        super().__init__("Test Authority of old", self._rsa)

    def issue_sha1(self, host: str) -> Paper:
        paper = self.issue(host)
        good = x509.load_pem_x509_certificate(paper.certificate.encode())
        # sha256WithRSAEncryption and sha1WithRSAEncryption differ in the last octet alone.
        sha256, sha1 = bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06092a864886f70d010105")
        signed = good.tbs_certificate_bytes.replace(sha256, sha1)
        numbers = self._rsa.private_numbers()
        head = bytes.fromhex("3021300906052b0e03021a05000414")
        inner = head + hashlib.sha1(signed, usedforsecurity=False).digest()
        padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(inner)) + b"\x00" + inner
        power = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n)
        der = good.public_bytes(serialization.Encoding.DER)
        der = der.replace(good.tbs_certificate_bytes, signed).replace(sha256, sha1)
        der = der.replace(good.signature, power.to_bytes(256, "big"))
        return Paper(ssl.DER_cert_to_PEM_cert(der), paper.key)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class LoopbackServer:
    """A server on a free port of 127.0.0.1; answers each connection by the behaviour of its host and target.

    Args:
        script: behaviours by ``host/target``; for anything else 404.
    """

    def __init__(self, script: Mapping[str, Behaviour], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._script = script
        self._tls = tls
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        for _ in range(10_000):
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(5)
        try:
            connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with connection:
                request = b""
                while b"\r\n\r\n" not in request and len(request) < 65_536:
                    data = connection.recv(4096)
                    if not data:
                        return
                    request += data
                self.requests.append(request)
                self._script.get(_asked_for(request), reply(Page(b"", 404)))(Talk(connection, request))
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            plain.close()


def _asked_for(request: bytes) -> str:
    lines = request.decode("latin-1").split("\r\n")
    host = next((line[6:] for line in lines if line.startswith("Host: ")), "")
    return host + lines[0].split(" ")[1]


@dataclass
class LoopbackNetwork:
    """Names with addresses, and a server behind every address: in clear on port 80, with TLS on port 443.

    Attributes:
        names: by host, what the name server says: the first list to the first question and so on, the last one
            ever after.
        resolved, dialled, slept: what was asked for, in order.
    """

    names: Mapping[str, Sequence[Sequence[str]]]
    script: Mapping[str, Behaviour]
    paper: Paper
    trust: str
    folder: Path
    resolved: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # so that bad papers can be shown
        chain, key = self.folder / "chain.pem", self.folder / "key.pem"
        chain.write_text(self.paper.certificate)
        key.write_text(self.paper.key)
        context.load_cert_chain(chain, key)
        self.plain = LoopbackServer(self.script)
        self.secure = LoopbackServer(self.script, context)

    def wires(self, monotonic: Callable[[], float] = time.monotonic) -> Wires:
        """For a `GuardedFetcher`: pauses are noted and not made."""
        return Wires(self._resolve, self._dial, monotonic, self.slept.append, tls_context(self.trust))

    def close(self) -> None:
        self.plain.close()
        self.secure.close()

    @property
    def requests(self) -> list[bytes]:
        return [*self.plain.requests, *self.secure.requests]

    def _resolve(self, host: str, port: int, seconds: float) -> Sequence[str]:
        answers = self.names.get(host)
        if answers is None:
            raise OSError("no such name")
        turn = min(self.resolved.count(host), len(answers) - 1)
        self.resolved.append(host)
        return answers[turn]

    def _dial(self, address: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        server = self.secure if port == 443 else self.plain
        return socket.create_connection((LOOPBACK, server.port), timeout=seconds)


def one_address() -> Sequence[Sequence[str]]:
    """What a name server says of a host that has one public address."""
    return [[ADDRESS]]
