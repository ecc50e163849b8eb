"""The expected temporary credentials and edge tokens, computed with the standard library."""

import base64
import hashlib
import hmac
import json
import math
import re
import unicodedata
from urllib.parse import unquote

import configuration
import rules
from rules import Refused, require


def session(question):
    """Everything that can be known in advance. `problem_with` checks the answer."""
    parent = configuration.read(question["config"])
    given = question.get("accountID")
    account = parent.account if given is None else rules.account(given)
    objects = [rules.object_key(key) for key in question["objects"]]
    require(account is not None and parent.credentials[2] is None, "invalidTemporaryCredentials")
    require(question.get("permission") or question["actions"], "invalidTemporaryCredentials")
    for prefix in question["prefixes"]:
        size = len(prefix.encode())
        require(1 <= size <= 1024 and not re.search(r"[\x00-\x1f\x7f]", prefix), "invalidTemporaryCredentials")
    require(question["attoseconds"] == 0, "invalidLifetime")
    seconds = rules.lifetime(question["seconds"])
    issued = math.floor(question["instant"])
    require(0 <= issued <= rules.LAST_SECOND - seconds, "invalidTime")
    key = rules.object_key(question["key"])
    rules.lifetime(question["urlLifetime"])
    require(question["urlLifetime"] <= seconds, "outlivesCredentials")
    claims = {
        "bucket": parent.bucket, "sub": account, "iss": parent.credentials[0], "aud": parent.authority, "iat": issued,
        "exp": issued + seconds,
    }
    if question.get("permission"):
        claims["scope"] = re.sub("([A-Z])", lambda match: "-" + match[1].lower(), question["permission"])
    if question["actions"]:
        claims["actions"] = [action[0].upper() + action[1:] for action in question["actions"]]
    if question["prefixes"] or objects:
        claims["paths"] = {"prefixPaths": question["prefixes"], "objectPaths": objects}
    return {"claims": claims, "parent": parent, "key": key}


def problem_with(session, expectation):
    """The problem with temporary credentials, or None."""
    token = base64.b64decode(session["sessionToken"], validate=True).decode()
    if base64.b64encode(token.encode()).decode() != session["sessionToken"] or not token.startswith("jwt/"):
        return "the session token is not base64 of jwt/ and a JWT"
    jwt = token[len("jwt/"):]
    header, claims, signature = jwt.split(".")
    parent = expectation["parent"]
    code = hmac.new(parent.credentials[1].encode(), f"{header}.{claims}".encode(), hashlib.sha256).digest()
    comparisons = {
        "the header": (decode_json(header), {"alg": "HS256", "typ": "JWT"}),
        "the claims": (decode_json(claims), expectation["claims"]),
        "the token's signature": (signature, base64.urlsafe_b64encode(code).decode().rstrip("=")),
        "the access key id": (session["accessKeyId"], parent.credentials[0]),
        "the secret": (session["secretAccessKey"], hashlib.sha256(jwt.encode()).hexdigest()),
        "the end": (session["expiration"], rules.iso8601(expectation["claims"]["exp"])),
        "the members": (sorted(session), ["accessKeyId", "expiration", "secretAccessKey", "sessionToken"]),
    }
    for name, (actual, wanted) in comparisons.items():
        if actual != wanted:
            return f"{name} should be {wanted!r}, not {actual!r}"
    return None


def decode_json(part):
    """URL-safe base64 without padding, of JSON in which no name occurs twice."""
    if not re.fullmatch("[A-Za-z0-9_-]*", part):
        raise ValueError("a part of the JWT is no URL-safe base64")

    def members(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a member of the JWT occurs twice")
        return dict(pairs)

    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=members)


def edge_token(question):
    require(question["secret"], "invalidEdgeToken")
    require(re.fullmatch("[A-Za-z0-9._~-]+", question["parameter"]), "invalidEdgeToken")
    if question.get("token") is not None:
        return {"isValid": is_valid(question)}
    if question.get("path") is None:
        return {"token": edge_code(question, question["message"])}
    # Paths are sent in NFC, as keys are stored.
    path, directory = (text if text is None else unicodedata.normalize("NFC", text)
                       for text in (question["path"], question.get("directory")))
    message = path
    if directory is not None:
        # A directory of '/' alone would cover everything.
        is_directory = len(directory) > 2 and directory.startswith("/") and directory.endswith("/")
        require(is_directory and path.startswith(directory), "invalidEdgeToken")
        message = directory
    scheme, host, port, base = rules.authority(question["origin"])
    require(not base, "invalidEndpoint")
    is_api = host == rules.CLOUDFLARE or host.endswith("." + rules.CLOUDFLARE)
    require(not is_api, "invalidEndpoint")
    require(host != "r2.dev" and not host.endswith(".r2.dev"), "customDomain")
    require(scheme == "https" or rules.is_loopback(host), "invalidEndpoint")
    try:
        require(path.startswith("/"), "")
        rules.object_key(path[1:])
    except Refused:
        raise Refused("invalidEdgeToken") from None
    token = edge_code(question, rules.encode(message, safe="/"))
    origin = f"{scheme}://{host}" + ("" if port is None else f":{port}")
    return {"url": f"{origin}{rules.encode(path, safe='/')}?{question['parameter']}={token}"}


def edge_code(question, message):
    second = math.floor(question["instant"])
    require(1_000_000_000 <= second <= 9_999_999_999, "invalidTime")
    return make_token(question["secret"], message, str(second), question["isURLSafe"])


def make_token(secret, message, timestamp, is_url_safe, is_encoded=True):
    code = hmac.new(secret.encode(), (message + timestamp).encode(), hashlib.sha256).digest()
    if is_url_safe:
        return f"{timestamp}-{base64.urlsafe_b64encode(code).decode().rstrip('=')}"
    text = base64.b64encode(code).decode()
    return f"{timestamp}-{rules.encode(text) if is_encoded else text}"


def is_valid(question):
    """A token is valid if it is the expected one. A standard one may be percent-encoded or not."""
    timestamp, _, code = question["token"].partition("-")
    if not re.fullmatch("[1-9][0-9]{9}", timestamp):
        return False
    text = code if question["isURLSafe"] else unquote(code)
    made = make_token(question["secret"], question["message"], timestamp, question["isURLSafe"], is_encoded=False)
    is_fresh = question["instant"] - int(timestamp) < question["timeToLive"]
    return f"{timestamp}-{text}" == made and is_fresh
