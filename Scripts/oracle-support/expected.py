"""The expected answer to a question, computed without the package."""

import math
import re

import configuration
import expected_signing
import expected_tokens
import reference
import rules
from rules import RESERVED_HEADERS, UNSTABLE_HEADERS, Refused, require


def answer(question):
    makers = {
        "configure": configure, "presign": presign, "sign": expected_signing.sign,
        "session": expected_tokens.session, "edgeToken": expected_tokens.edge_token,
    }
    try:
        return makers[question["operation"]](question)
    except Refused as refusal:
        return {"refused": refusal.code, **({"settings": refusal.settings} if refusal.settings else {})}


def configure(question):
    configuration.read(question)
    return {}


def presign(question):
    config = configuration.read(question["config"])
    keys = [rules.object_key(key["text"], key["isUnchecked"]) for key in question["keys"]]
    given = question.get("lifetime")
    lifetime = None if given is None else rules.lifetime(given)
    window = None if question.get("window") is None else rules.window(question["window"])
    calls = {
        "upload": upload, "part": part, "parts": parts, "playback": playback, "playbacks": playback,
        "download": download, "head": lambda _: [("HEAD", {}, [])], "delete": lambda _: [("DELETE", {}, [])],
        "custom": custom,
    }
    contents = calls[question["call"]](question)
    is_upload = contents[0][0] in ("PUT", "DELETE")
    lifetime = lifetime or (config.upload_lifetime if is_upload else config.playback_lifetime)
    second, lifetime = signing_time(question["instant"], lifetime, window)
    if config.credentials_end is not None:
        require(second + lifetime <= config.credentials_end, "outlivesCredentials")
    pairs = [(content, key) for content in contents for key in keys]
    return {"requests": [presigned(config, content, key, second, lifetime) for content, key in pairs]}


def signing_time(instant, lifetime, window=None):
    second = math.floor(instant)
    require(0 <= second <= rules.LAST_SECOND, "invalidTime")
    if window is not None:
        second -= second % window
        lifetime += window
        require(lifetime <= rules.LONGEST_LIFETIME, "invalidLifetime")
    return second, lifetime


def presigned(config, content, key, second, lifetime):
    method, headers, parameters = content
    url, _ = reference.presign(
        config.credentials, config.region, "s3", method, config.prefix + rules.encode(key, safe="/"),
        list(headers.items()), parameters, lifetime, second)
    base, _, query = url.partition("?")
    in_order = f"{base}?{reference.sorted_query(query)}"
    if not parameters and config.credentials[2] is None:
        # The parameters that botocore adds are sorted, except for the session token, which comes last.
        assert url == in_order, "botocore has changed the order of its parameters"
    return {"method": method, "url": in_order, "headers": headers, "expiresAt": rules.iso8601(second + lifetime)}


def upload(question):
    given = question.get("upload") or {}
    headers = {}
    simple = {
        "contentType": ("content-type", rules.plain_text), "contentLength": ("content-length", rules.content_length),
        "cacheControl": ("cache-control", rules.plain_text), "ifMatch": ("if-match", rules.etag),
        "contentDisposition": ("content-disposition", rules.disposition),
        "storageClass": ("x-amz-storage-class", rules.STORAGE_CLASSES.get),
    }
    for name, (header, rule) in simple.items():
        if given.get(name) is not None:
            headers[header] = rule(given[name])
    if given.get("ifNoneMatch"):
        headers["if-none-match"] = "*"
    if given.get("checksum") is not None:
        header, value = rules.checksum(given["checksum"])
        headers[header] = value
    headers.update(rules.metadata(given.get("metadata") or {}))
    return [("PUT", headers, [])]


def part(question):
    given = question["part"]
    parameters = [("partNumber", rules.part_number(given["number"])), ("uploadId", rules.upload_id(given["uploadID"]))]
    headers = {}
    if given.get("contentLength") is not None:
        headers["content-length"] = rules.content_length(given["contentLength"])
    if given.get("checksum") is not None:
        header, value = rules.checksum(given["checksum"])
        require(given["checksum"]["algorithm"] in rules.PART_CHECKSUMS, "unsupportedChecksum")
        headers[header] = value
    return [("PUT", headers, parameters)]


def parts(question):
    total = question["plan"]["totalLength"]
    length, count = rules.part_lengths(total, question["plan"].get("partLength"))
    upload_id = rules.upload_id(question["part"]["uploadID"])
    contents = []
    for number in question["plan"]["numbers"]:
        require(1 <= number <= count, "invalidPartNumber")
        rest = total - length * (count - 1) if number == count else length
        contents.append(("PUT", {"content-length": str(rest)}, [("partNumber", str(number)), ("uploadId", upload_id)]))
    return contents


def playback(question):
    given = question.get("overrides") or {}
    parameters = []
    for name, parameter in (("contentType", "response-content-type"), ("cacheControl", "response-cache-control")):
        if given.get(name) is not None:
            parameters.append((parameter, rules.plain_text(given[name])))
    if given.get("contentDisposition") is not None:
        parameters.append(("response-content-disposition", rules.disposition(given["contentDisposition"])))
    return [("GET", {}, parameters)]


def download(question):
    value = {"kind": "attachment", "filename": question["filename"], "fallback": question["fallback"]}
    return [("GET", {}, [("response-content-disposition", rules.disposition(value))])]


def custom(question):
    method = question["method"]
    require(method in ("GET", "HEAD", "PUT", "DELETE"), "unsupportedMethod")
    parameters = [tuple(pair) for pair in question["parameters"]]
    for name, _ in parameters:
        require(name and not name.lower().startswith("x-amz-"), "reservedName")
    headers = {}
    for name, value in question["headers"]:
        name = name.lower()
        require(name not in RESERVED_HEADERS | UNSTABLE_HEADERS | {"host"} and name not in headers, "reservedName")
        is_empty_metadata = not value and name.startswith("x-amz-meta-")
        headers[name] = value if is_empty_metadata else rules.plain_text(value)
        if name == "content-length":
            require(re.fullmatch("0|[1-9][0-9]*", value) and int(value) <= rules.MAXIMUM_REQUEST, "invalidContentLength")
    rules.routing(method, parameters, headers)
    return [(method, headers, parameters)]


def session_url(question, wanted, session):
    """The URL that temporary credentials must sign, after they have been checked."""
    credentials = (session["accessKeyId"], session["secretAccessKey"], session["sessionToken"])
    claims = wanted["claims"]
    config = wanted["parent"].with_credentials(credentials, claims["exp"])
    url = presigned(config, ("GET", {}, []), wanted["key"], claims["iat"], question["urlLifetime"])
    return {"requests": [url]}
