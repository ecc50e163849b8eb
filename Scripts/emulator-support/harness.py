"""Checks that run against an S3 server: how they are declared, how they send requests, and how results are compared."""

import base64
import contextlib
import datetime
import hashlib
import hmac
import http.client
import json
import re
import time
import unittest.mock
import urllib.parse
import xml.etree.ElementTree

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions


class Response:
    """A response, or the absence of one."""

    def __init__(self, status, headers=None, body=b"", data=None, code=None, message=None):
        self.status, self.headers, self.body, self.data = status, headers or {}, body, data or {}
        self.code, self.message = code, message

    @classmethod
    def parse(cls, status, headers, body):
        """Creates a response from bytes. An error's code and message are in its document."""
        response = cls(status, {name.lower(): value for name, value in headers}, body)
        if status >= 400 and body:
            with contextlib.suppress(xml.etree.ElementTree.ParseError):
                root = xml.etree.ElementTree.fromstring(body)
                texts = {child.tag.rpartition("}")[2]: child.text for child in root}
                response.code, response.message = texts.get("Code"), texts.get("Message")
                response.data = {"root": root.tag, "elements": [child.tag.rpartition("}")[2] for child in root]}
        return response

    def elements(self, name):
        """Returns the texts of all elements with a name, in any namespace."""
        root = xml.etree.ElementTree.fromstring(self.body)
        return [element.text or "" for element in root.iter() if element.tag.rpartition("}")[2] == name]


class Check:
    """A check: a function that sends requests, and the response that R2 gives to the last of them."""

    def __init__(self, name, topic, source, function, expected):
        self.name, self.topic, self.source, self.function, self.expected = name, topic, source, function, expected

    def run(self, server):
        """Returns what the server does, with the names of what is expected."""
        server.begin()
        seen = {}
        try:
            result = self.function(server)
        except Exception as error:  # A server can do anything, and the other checks should still run.
            # The response that the function didn't expect.
            result = server.last or Response("no usable response")
            seen["exception"] = repr(error)
        response, facts = result if isinstance(result, tuple) else (result, {})
        for name in self.expected:
            if name.startswith("header "):
                seen[name] = response.headers.get(name.removeprefix("header "))
            elif name in ("status", "code", "message", "body"):
                seen[name] = getattr(response, name)
            else:
                seen[name] = facts.get(name)
        return seen

    def differences(self, seen):
        """Returns the names of what differs from R2."""
        names = [name for name, value in self.expected.items() if not matches(value, seen.get(name))]
        # A check that ended early proves nothing, even if the last response is the expected one.
        return names or (["status"] if "exception" in seen else [])


def matches(expected, value):
    if isinstance(expected, re.Pattern):
        return isinstance(value, str) and expected.fullmatch(value) is not None
    return expected == value


registry = []


def check(name, source, status, code=None, message=None, headers=None, body=None, **facts):
    """Declares a check.

    The source of the expected response is "observed" (captured from a real bucket), "documented" (by Cloudflare),
    "live" (reported from real buckets) or "unsettled" (the emulator's choice). The function's module is its topic.
    """
    assert source in ("observed", "documented", "live", "unsettled"), source
    expected = {"status": status, "code": code}
    if message is not None:
        expected["message"] = message
    if body is not None:
        expected["body"] = body
    expected.update({f"header {name}": value for name, value in (headers or {}).items()})
    expected.update(facts)

    def add(function):
        registry.append(Check(name, function.__module__.rpartition(".")[2], source, function, expected))
        return function

    return add


def md5(data):
    return hashlib.md5(data).hexdigest()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Server:
    """A server that checks run against. Each check has its own prefix in one bucket."""

    account = "0" * 32

    def __init__(self, settings):
        self.endpoint, self.bucket = settings["R2_ENDPOINT"], settings["R2_BUCKET_NAME"]
        self.key_id, self.secret = settings["R2_ACCESS_KEY_ID"], settings["R2_SECRET_ACCESS_KEY"]
        self.host = urllib.parse.urlsplit(self.endpoint).netloc
        self.count = 0
        self.client = self.make_client(self.key_id, self.secret)
        with contextlib.suppress(botocore.exceptions.ClientError):
            self.client.create_bucket(Bucket=self.bucket)

    def make_client(self, key_id, secret, token=None):
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="auto",
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=botocore.config.Config(
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                # As Cloudflare's documentation recommends.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                # So that invalid values reach the server.
                parameter_validation=False,
            ),
        )

    def begin(self):
        """Starts a check, with a prefix of its own."""
        self.count += 1
        self.last = None
        self.prefix = f"check-{self.count}/"

    def key(self, name="key"):
        return self.prefix + name

    def no_bucket(self):
        """Returns the name of a bucket that doesn't exist. Some servers create it as soon as it's used."""
        return f"no-bucket-{self.count}"

    def new_bucket(self):
        name = f"bucket-{self.count}-{time.time_ns()}"
        self.client.create_bucket(Bucket=name)
        return name

    # --- boto3

    def call(self, operation, **options):
        """Calls an operation of boto3, and remembers the response."""
        self.last = self.response_of(operation, **options)
        return self.last

    def response_of(self, operation, headers=None, query=None, client=None, **parameters):
        """Calls an operation of boto3, with more headers and another query if given. `None` removes a header."""
        client = client or self.client
        if operation != "list_buckets":
            parameters.setdefault("Bucket", self.bucket)

        def change(request, **_):
            for name, value in (headers or {}).items():
                del request.headers[name]
                if value is not None:
                    request.headers[name] = value
            if query is not None:
                request.url = request.url.partition("?")[0] + (f"?{query}" if query else "")

        client.meta.events.register_first("before-sign.s3", change, unique_id="change")
        try:
            data = getattr(client, operation)(**parameters)
        except botocore.exceptions.ClientError as error:
            data = error.response
            metadata = data["ResponseMetadata"]
            is_head = operation.startswith("head_")
            code, message = (None, None) if is_head else (data["Error"].get("Code"), data["Error"].get("Message"))
            if metadata["HTTPStatusCode"] == 304:  # boto3 makes an error of it.
                code = message = None
            return Response(metadata["HTTPStatusCode"], metadata["HTTPHeaders"], b"", data, code, message)
        finally:
            client.meta.events.unregister("before-sign.s3", unique_id="change")
        metadata = data["ResponseMetadata"]
        body = data["Body"].read() if "Body" in data else b""
        return Response(metadata["HTTPStatusCode"], metadata["HTTPHeaders"], body, data)

    def put(self, name="key", body=b"0123456789", **parameters):
        """Stores an object that a check needs, and returns its ETag."""
        response = self.call("put_object", Key=self.key(name), Body=body, **parameters)
        assert response.status == 200, response.message
        return response.headers["etag"]

    # --- Requests byte for byte

    def send(self, method, target, headers=None, body=None, chunked=False):
        """Sends a request as it is."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            headers = {"Host": self.host} | dict(headers or {})
            if body is not None and not chunked:
                headers.setdefault("Content-Length", str(len(body)))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            if body:
                connection.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
            response = connection.getresponse()
            self.last = Response.parse(response.status, response.getheaders(), response.read())
            return self.last
        finally:
            connection.close()

    def signed(
        self, method, path, query="", headers=None, body=None, change=None, key_id=None, secret=None, region="auto",
        service="s3", payload=None, chunked=False,
    ):
        """Signs a request in its headers, changes the headers, and sends it.

        The path and the query are encoded already. `change` receives a dictionary of the headers.
        """
        request = botocore.awsrequest.AWSRequest(
            method, f"http://{self.host}{path}" + (f"?{query}" if query else ""), dict(headers or {}), body or b"")
        payload = payload or hashlib.sha256(body or b"").hexdigest()
        credentials = botocore.credentials.Credentials(key_id or self.key_id, secret or self.secret)
        signer = botocore.auth.S3SigV4Auth(credentials, service, region)
        # The hash that was given, instead of one that depends on the scheme.
        signer.payload = lambda request: payload
        signer.add_auth(request)
        values = dict(request.headers.items())
        if change:
            change(values)
        return self.send(method, path + (f"?{query}" if query else ""), values, body, chunked)

    def path(self, name="key"):
        return f"/{self.bucket}/{self.key(name)}"

    # --- URLs

    def presign(self, operation, expires=900, age=0, client=None, **parameters):
        """Returns the path and query of a presigned URL that was made some seconds ago."""
        date = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
        with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: date.replace(tzinfo=None)):
            url = (client or self.client).generate_presigned_url(
                operation, {"Bucket": self.bucket, "Key": self.key()} | parameters, ExpiresIn=expires)
        parts = urllib.parse.urlsplit(url)
        return f"{parts.path}?{parts.query}"

    # --- Temporary credentials

    def temporary_client(self, lifetime=900, **claims):
        """Creates temporary credentials as Cloudflare documents it, without a request."""
        now = int(time.time())
        token = {
            "bucket": self.bucket, "sub": self.account, "iss": self.key_id, "aud": self.host, "iat": now,
            "exp": now + lifetime, "paths": {"prefixPaths": [self.prefix], "objectPaths": []},
        } | claims
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, token)]
        code = hmac.new(self.secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
        jwt = ".".join([*parts, base64url(code)])
        secret = hashlib.sha256(jwt.encode()).hexdigest()
        return self.make_client(self.key_id, secret, base64.b64encode(b"jwt/" + jwt.encode()).decode())
