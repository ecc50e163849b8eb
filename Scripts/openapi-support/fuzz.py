"""Sends requests to a running video-server: the examples of Docs/openapi.yaml, then those that schemathesis generates.

Usage: fuzz.py URL COUNT SEED

The server gets a few videos first, and the document their identifiers, so that requests reach more than "not found".
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import yaml

from sample import mp4

SESSION = "speaking/1"
# A response of 422 isn't a failure: lengths are limited in bytes, which a schema can't say, and the app has its policy.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "410", "422", "429"]


class UppyUpload:
    """An upload as Uppy knows it."""

    def __init__(self, upload, key):
        self.values = [upload], [key]
        self.path, self.key = f"/s3/multipart/{quote(upload)}", quote(key)


def quote(text):
    return urllib.parse.quote(text, safe="")


class Server:
    """The server as the person sees it who is signed in."""

    def __init__(self, url):
        self.url = url
        self.headers = {"Origin": url, "Content-Type": "application/json"}
        response = self.open("POST", "/session", {"person": "ada"})
        self.cookie = response.headers["Set-Cookie"].partition(";")[0]
        self.headers["Cookie"] = self.cookie

    def open(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=self.headers, method=method)
        return urllib.request.urlopen(request)

    def send(self, method, path, body=None):
        return json.load(self.open(method, path, body))

    def status(self, method, path, body=None):
        """The status of a response, and its document."""
        try:
            response = self.open(method, path, body)
        except urllib.error.HTTPError as error:
            response = error
        return response.status, json.load(response)

    def begin(self, token, size=4096):
        file = {"name": "talk.mp4", "byteSize": size}
        return self.send("POST", "/api/uploads", {"file": file, "token": token, "sessionID": SESSION})

    def begin_uppy(self, token):
        metadata = {"byteSize": 6_000_000, "token": token, "sessionID": SESSION}
        upload = self.send("POST", "/api/s3/multipart", {"filename": "talk.mp4", "metadata": metadata})
        return UppyUpload(upload["uploadId"], upload["key"])

    def upload(self, token):
        upload = self.begin(token)
        signed = upload["request"]
        headers = {name: value for name, value in signed["headers"].items() if name != "content-length"}
        urllib.request.urlopen(
            urllib.request.Request(signed["url"], data=mp4(), headers=headers, method=signed["method"])
        ).close()
        return self.send("POST", f"/api/uploads/{upload['video']}/complete", {})["id"]


def replay(document, server):
    """Sends every example of the document, and returns their number."""
    ready, deleted = server.upload("example"), server.upload("example deleted")
    version = server.send("GET", f"/api/videos/{ready}")["version"]
    server.send("DELETE", f"/api/videos/{deleted}")
    parts = server.begin("example parts", 100_000_000)["video"]
    origin = quote("https://app.example.com")
    uppy = server.begin_uppy("example uppy")
    # The path of each operation with an example, with a video in the state that the example needs.
    paths = {
        "beginUpload": "/uploads", "getUploadStatus": f"/uploads/{ready}?origin={origin}",
        "signParts": f"/uploads/{parts}/parts", "completeUpload": f"/uploads/{ready}/complete",
        "editVideo": f"/videos/{ready}", "restoreVideo": f"/videos/{deleted}/restore",
        "replaceFile": f"/videos/{ready}/replacement", "playVideo": f"/videos/{ready}/playback?rendition=hls",
        "getPlaylist": f"/videos/{ready}/playlist?rendition=hls", "cancelUpload": f"/uploads/{parts}",
        "beginThumbnail": f"/videos/{ready}/thumbnail", "completeThumbnail": f"/videos/{ready}/thumbnail/complete",
        "uppyParameters": "/s3/params?filename=lecture.mp4&type=video%2Fmp4&metadata%5BbyteSize%5D=4096"
        + f"&metadata%5BsessionID%5D={quote(SESSION)}",
        "uppyBegin": "/s3/multipart", "uppySignBatch": f"{uppy.path}/batch?key={uppy.key}&partNumbers=1,2",
        "uppyComplete": f"{uppy.path}/complete?key={uppy.key}",
    }
    # There is no stream without a transcoder, and nothing was sent for the last two.
    expected = {
        "playVideo": (404, "renditionNotFound"), "getPlaylist": (404, "renditionNotFound"),
        "completeThumbnail": (409, "notUploaded"), "uppyComplete": (409, "notUploaded"),
    }
    # Canceled last, because the parts are signed before.
    operations = [
        (method, resolve(document, operation))
        for item in document["paths"].values() for method, operation in item.items() if method != "parameters"
    ]
    operations.sort(key=lambda pair: pair[1]["operationId"] == "cancelUpload")
    count = 0
    for method, operation in operations:
        name = operation["operationId"]
        if '"example":' not in json.dumps(operation):
            continue
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = content.get("example")
        if name == "beginUpload":
            body = {**body, "sessionID": SESSION}
        if name == "uppyBegin":
            body = {**body, "metadata": {**body["metadata"], "sessionID": SESSION}}
        if name == "editVideo":
            body = {**body, "version": version}
        status, response = server.status(method.upper(), "/api" + paths[name], body)
        wanted, code = expected.get(name, (200, None))
        if status != wanted or response.get("code") != code:
            sys.exit(f"check-openapi: the example of {name} got {status}: {response}")
        example = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("example")
        if example is not None and response != example:
            sys.exit(f"check-openapi: the response to {name} isn't as in the example: {response}")
        count += 1
    return count


def resolve(document, node):
    """Returns a part of the document without references to parameters, bodies and responses."""
    if isinstance(node, list):
        return [resolve(document, child) for child in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref", "")
    if reference and "/schemas/" not in reference:
        target = document
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]
        return resolve(document, target)
    return {key: resolve(document, value) for key, value in node.items()}


def prepare(server):
    """Makes videos in different states, and returns their identifiers and a cursor."""
    videos = [server.upload("ready"), server.upload("replaced"), server.upload("deleted"), server.begin("open")["video"]]
    file = {"name": "new.mp4", "byteSize": 5000}
    server.send("POST", f"/api/videos/{videos[1]}/replacement", {"file": file, "token": "r1"})
    server.send("DELETE", f"/api/videos/{videos[2]}")
    uploads, keys = server.begin_uppy("uppy").values
    return videos, uploads, keys, server.send("GET", "/api/videos?limit=1")["next"]


def specialize(document, videos, uploads, keys, cursor):
    """Adds values to the document that the server knows."""
    components = document["components"]
    for name, values in ("uploadId", uploads), ("key", keys):
        schema = components["parameters"][name]["schema"]
        components["parameters"][name]["schema"] = {"anyOf": [{"enum": values}, schema]}
    metadata = components["schemas"]["UppyFile"]["properties"]["metadata"]["properties"]
    metadata["sessionID"] = {"anyOf": [{"enum": [SESSION]}, metadata["sessionID"]]}
    components["parameters"]["video"]["schema"] = {
        "anyOf": [{"enum": videos}, {"type": "string", "format": "uuid"}]
    }
    # The type counts for names without an extension, which most generated names are.
    components["schemas"]["File"]["properties"]["contentType"] = {
        "anyOf": [{"enum": ["video/mp4", "video/webm", None]}, {"type": "string"}]
    }
    begin = components["schemas"]["BeginRequest"]
    begin["properties"]["sessionID"] = {"enum": [SESSION, "speaking/2"]}
    begin["required"] = begin["required"] + ["sessionID"]
    example = document["paths"]["/uploads"]["post"]["requestBody"]["content"]["application/json"]["example"]
    example["sessionID"] = SESSION
    # One of two parameters is required, which the document can't say.
    operation = document["paths"]["/s3/object"]["post"]
    operation["parameters"] = [each for each in operation["parameters"] if each.get("name") != "uploads"]
    for parameter in operation["parameters"]:
        if parameter.get("name") == "uploadId":
            parameter.update(required=True, schema={"type": "string", "minLength": 1})
    for parameter in document["paths"]["/videos"]["get"]["parameters"]:
        if parameter["name"] == "cursor":
            parameter["schema"] = {"enum": [cursor]}
        if parameter["name"] == "order":
            # The one that the cursor belongs to.
            parameter["schema"] = {"enum": ["newestFirst"]}


def main():
    url, count, seed = sys.argv[1:]
    document = yaml.safe_load(pathlib.Path("Docs/openapi.yaml").read_text())
    server = Server(url)
    for path, item in document["paths"].items():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["parameters"] = operation.get("parameters", []) + item.get("parameters", [])
        item.pop("parameters", None)
    replayed = replay(document, server)
    specialize(document, *prepare(server))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "openapi.json")
        path.write_text(json.dumps(document))
        settings = pathlib.Path(folder, "schemathesis.toml")
        name, _, value = server.cookie.partition("=")
        settings.write_text(
            f"headers = {{ Origin = {json.dumps(url)} }}\n"
            f"checks.positive_data_acceptance.expected-statuses = {json.dumps(ACCEPTED)}\n"
            f"[auth.openapi.session]\napi_key = {json.dumps(value)}\n"
        )
        command = [
            str(pathlib.Path(sys.executable).with_name("schemathesis")), "--config-file", str(settings), "run",
            str(path), "--url", url + "/api", "--max-examples", count, "--seed", seed, "--continue-on-failure",
            "--no-color", "--warnings", "off",
        ]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        print(run.stdout + run.stderr, file=sys.stderr)
        sys.exit(1)
    server.send("GET", "/health")
    cases = next((line.strip() for line in run.stdout.splitlines() if "generated" in line), "")
    print(f"check-openapi: {replayed} examples replayed, {cases}, with seed {seed}")


main()
