"""A LAPOR of the test's own behind its bridge: takes a report once, and refuses what LAPOR refuses.

What is known of LAPOR in public: a report is a complaint, an aspiration or a request for
information; it has a title and a text; it gets a tracking id; it may be anonymous or confidential;
whoever sends it needs a token. The shape of its calls is told to registered developers only, so the
calls here are those of our own format (docs/tepi.md).
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "kunci-rahasia-jembatan"
KINDS = {"pengaduan", "aspirasi", "permintaan_informasi"}


class Lapor:
    """The fake: `reports` by key, `answers` to give, and how it fails next."""

    def __init__(self) -> None:
        self.reports: dict[str, dict[str, Any]] = {}
        self.bodies: dict[str, bytes] = {}
        self.replies: dict[str, str] = {}
        self.failures: list[tuple[int, dict[str, str]]] = []
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.token = TOKEN
        self.lost_answer = False  # takes the next report, and its answer never arrives
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                length = int(self.headers["Content-Length"])
                fake.answer(self, self.rfile.read(length))

            def do_GET(self) -> None:
                fake.answer(self, b"")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/laporan"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        key = request.path.rpartition("/")[2]
        self.asked.append((request.command, key))
        self.headers.append(dict(request.headers))
        status, headers, said = self._decide(request, key, body)
        if self.lost_answer:
            self.lost_answer = False
            request.close_connection = True
            return
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _decide(
        self, request: BaseHTTPRequestHandler, key: str, body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        if self.failures:
            status, headers = self.failures.pop(0)
            return status, headers, {}
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return 401, {}, {}
        if request.command == "GET":
            return (200, {}, self._standing(key)) if key in self.reports else (404, {}, {})
        if key in self.bodies and self.bodies[key] != body:
            return 409, {}, {"status": "refused", "words": "Nomor itu sudah dipakai laporan lain."}
        told = json.loads(body)
        problems = list(self._problems(told["answers"]))
        if problems or told["format"] != "teras/laporan/1" or told["key"] != key:
            return 422, {}, {"status": "refused", "problems": problems}
        self.reports.setdefault(key, told)
        self.bodies[key] = body
        return 201, {}, self._standing(key)

    def _standing(self, key: str) -> dict[str, Any]:
        number = str(7_000_001 + list(self.reports).index(key))
        if key in self.replies:
            return {"status": "replied", "reference": number, "words": self.replies[key]}
        return {"status": "taken", "reference": number}

    def _problems(self, answers: dict[str, Any]) -> Any:
        if answers.get("jenis") not in KINDS:
            yield {"field": "jenis", "message": "tidak dikenal"}
        for key in ("judul", "isi"):
            if len(str(answers.get(key) or "").split()) < 2:
                yield {"field": key, "message": "terlalu singkat"}
        if answers.get("anonim") and "pelapor" in answers:
            yield {"field": "pelapor", "message": "laporan anonim tidak boleh menyebut pelapor"}
