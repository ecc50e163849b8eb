"""The expected answers of Signer."""

import base64
import hashlib
import re
from urllib.parse import quote, unquote_to_bytes

import reference
import rules
from rules import RESERVED_HEADERS, RESERVED_PARAMETERS, require


def sign(question):
    time, is_s3 = question["time"], question["rules"]["base"] == "s3"
    require(0 <= time <= rules.LAST_SECOND, "invalidTime")
    payload, body = payload_of(question["body"])
    require(rules.is_token(question["method"]), "invalidMethod")
    for name, _ in question["headers"]:
        require(name.lower() not in RESERVED_HEADERS, "reservedName")
    for name, _ in question["query"]:
        require(name.lower() not in RESERVED_PARAMETERS, "reservedName")
    if question.get("lifetime") is not None:
        rules.lifetime(question["lifetime"])
    hosts = []
    for name, value in question["headers"]:
        require(rules.is_token(name), "invalidHeader")
        require(not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), "invalidHeader")
        if name.lower() == "host":
            hosts.append(value.strip(" \t"))
    require(len(hosts) == 1 and hosts[0], "missingHost")
    path = question["path"]
    require(path.startswith("/"), "invalidPath")
    require(not is_s3 or is_strictly_encoded(path), "invalidPath")
    return signed(question, payload, body, is_s3)


def payload_of(body):
    """The way the payload is signed, and the body if there is one."""
    kind = body["kind"]
    if kind == "sha256":
        require(re.fullmatch("[0-9a-f]{64}", body["value"]), "invalidPayloadHash")
        return body["value"], b""
    return "unsigned" if kind == "unsigned" else "body", base64.b64decode(body.get("value") or "")


def is_strictly_encoded(path):
    """True if decoding and encoding, as services do, results in the same path."""
    return quote(unquote_to_bytes(path), safe="/-._~") == path


def signed(question, payload, body, is_s3):
    token, signs_token = question.get("sessionToken"), question["rules"].get("signsSessionToken", True)
    credentials = (question["accessKeyID"], question["secretAccessKey"], token if signs_token else None)
    headers = [tuple(pair) for pair in question["headers"]]
    if question.get("hostIsFromURL"):
        headers = [pair for pair in headers if pair[0].lower() != "host"]
    url = (question.get("hostIsFromURL") or "https://example.com") + question["path"]
    parameters = [tuple(pair) for pair in question["query"]]
    common = (credentials, question["region"], question["service"], question["method"], url, headers, parameters)
    if question.get("lifetime") is None:
        added, steps = reference.sign(
            *common, question["time"], is_s3, body, payload, question["rules"].get("sendsPayloadHash", is_s3))
        if token and not signs_token:
            added["x-amz-security-token"] = token
        return {"headers": added, **steps}
    if payload == "body":
        payload = hashlib.sha256(body).hexdigest()
    if payload == "unsigned" and is_s3:
        payload = "botocore's"
    url, steps = reference.presign(*common, question["lifetime"], question["time"], is_s3, payload)
    query = reference.sorted_query(url.partition("?")[2])
    if token and not signs_token:
        rest, _, signature = query.rpartition("&")
        query = f"{rest}&X-Amz-Security-Token={rules.encode(token)}&{signature}"
    return {"query": query, **steps}
