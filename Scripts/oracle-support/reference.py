"""Signatures computed by botocore, for a given date."""

import datetime

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

EPOCH = datetime.datetime(1970, 1, 1)
SIGNER_HEADERS = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "authorization"]


class _Clock:
    now = EPOCH


if not hasattr(botocore.auth, "get_current_datetime"):
    raise SystemExit("oracle: this botocore takes the time from elsewhere: teach reference.py where from")
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: _Clock.now


class _Steps:
    """Records the steps of a signature. `payload_hash` replaces a body that isn't in memory."""

    payload_hash = None

    def canonical_request(self, request):
        self.canonical_text = super().canonical_request(request)
        return self.canonical_text

    def string_to_sign(self, request, canonical_request):
        self.string_text = super().string_to_sign(request, canonical_request)
        return self.string_text

    def signature(self, string_to_sign, request):
        self.signature_text = super().signature(string_to_sign, request)
        return self.signature_text

    def payload(self, request):
        return self.payload_hash or super().payload(request)


class _S3Query(_Steps, S3SigV4QueryAuth):
    pass


class _StandardQuery(_Steps, SigV4QueryAuth):
    pass


class _S3Header(_Steps, S3SigV4Auth):
    pass


class _StandardHeader(_Steps, SigV4Auth):
    pass


class _ClientConfig:
    """The client configuration that tells S3 signers whether to sign bodies."""

    def __init__(self, signs_payload):
        self.s3 = {"payload_signing_enabled": signs_payload}


def _request(method, url, headers, parameters=None, body=b""):
    request = AWSRequest(method=method, url=url, data=body)
    # Assigning adds a header and doesn't replace one.
    for name, value in headers:
        request.headers[name] = value
    if parameters:
        request.params = parameters
    return request


def _signer(kind, credentials, service, region, time, **options):
    access_key, secret, token = credentials
    _Clock.now = EPOCH + datetime.timedelta(seconds=time)
    return kind(Credentials(access_key, secret, token), service, region, **options)


def _steps(signer):
    return {
        "canonicalRequest": signer.canonical_text, "stringToSign": signer.string_text,
        "signature": signer.signature_text,
    }


def presign(
    credentials, region, service, method, url, headers, parameters, lifetime, time, is_s3=True, payload="botocore's",
):
    """Returns the URL as botocore writes it, and the steps.

    Parameters go in as lists by name: botocore takes them out of a URL's query with only the first value of each name.
    """
    signer = _signer(_S3Query if is_s3 else _StandardQuery, credentials, service, region, time, expires=lifetime)
    by_name = {}
    for name, value in parameters:
        by_name.setdefault(name, []).append(value)
    request = _request(method, url, headers, by_name)
    if payload == "unsigned":
        request.context["payload_signing_enabled"] = False
    elif payload != "botocore's":
        signer.payload_hash = payload
    signer.add_auth(request)
    return request.url, _steps(signer)


def sorted_query(query):
    """The query with its parameters sorted and the signature last, as in a canonical request."""
    *parameters, signature = query.split("&")
    return "&".join(sorted(parameters, key=lambda parameter: parameter.partition("=")[::2]) + [signature])


def sign(credentials, region, service, method, url, headers, parameters, time, is_s3, body, payload, sends_hash):
    """Returns the headers that botocore adds, by lowercase name, and the steps."""
    signer = _signer(_S3Header if is_s3 else _StandardHeader, credentials, service, region, time)
    request = _request(method, url, headers, parameters, body)
    if payload == "unsigned":
        request.context["payload_signing_enabled"] = False
    if payload not in ("unsigned", "body"):
        signer.payload_hash = payload
    if is_s3:
        request.context["client_config"] = _ClientConfig(payload != "unsigned")
    elif sends_hash and payload != "unsigned":
        request.headers["X-Amz-Content-SHA256"] = signer.payload(request)
    signer.add_auth(request)
    added = {name: request.headers[name] for name in SIGNER_HEADERS if name in request.headers}
    return added, _steps(signer)
