"""Requests that are signed in their headers."""

import base64
import hashlib

from harness import check

DATE = "Mon, 01 Jan 2024 00:00:00 GMT"
COMPARE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your secret access key and signing method."
)


def without(*names):
    def change(headers):
        for name in [name for name in headers if name.lower() in names]:
            del headers[name]

    return change


def replacing(name, old, new):
    def change(headers):
        assert old in headers[name], (old, headers[name])
        headers[name] = headers[name].replace(old, new)

    return change


@check("no signature", "observed", 400, "InvalidArgument", "Authorization")
def _(s):
    return s.send("GET", s.path())


@check("the error document", "observed", 400, "InvalidArgument", headers={"content-type": "application/xml"},
       root="Error", elements=["Code", "Message"])
def _(s):
    response = s.send("GET", s.path())
    return response, response.data


@check("no x-amz-content-sha256", "observed", 400, "InvalidRequest", "Missing x-amz-content-sha256")
def _(s):
    return s.signed("GET", s.path(), change=without("x-amz-content-sha256"))


@check("no date", "observed", 400, "InvalidArgument", "No date provided in x-amz-date nor date header")
def _(s):
    return s.signed("GET", s.path(), change=without("x-amz-date"))


@check("a date in another form", "observed", 400, "InvalidArgument",
       f"Date provided in 'x-amz-date' header ({DATE}) didn't parse successfully")
def _(s):
    return s.signed("GET", s.path(), change=lambda headers: headers.update({"X-Amz-Date": DATE}))


@check("a date of long ago", "observed", 403, "RequestTimeTooSkewed",
       "The difference between the request time and the server's time is too large.")
def _(s):
    return s.signed("GET", s.path(), change=lambda headers: headers.update({"X-Amz-Date": "20240101T000000Z"}))


@check("another scheme", "observed", 400, "InvalidRequest", "Please use AWS4-HMAC-SHA256")
def _(s):
    return s.signed("GET", s.path(), change=replacing("Authorization", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"))


@check("a credential of four parts", "observed", 400, "InvalidArgument",
       "Credential sigv4 header should have at least 5 slash-separated parts, not 4")
def _(s):
    return s.signed("GET", s.path(), change=replacing("Authorization", "/aws4_request", ""))


@check("a key ID of 16 characters", "live", 400, "InvalidArgument", "Credential access key has length 16, should be 32")
def _(s):
    return s.signed("GET", s.path(), key_id="0123456789abcdef")


@check("another service", "observed", 400, "InvalidArgument", "Credential service should be s3, not ec2")
def _(s):
    return s.signed("GET", s.path(), service="ec2")


@check("another termination", "observed", 400, "InvalidArgument",
       "Credential termination string should be aws4_request, not aws5_request")
def _(s):
    return s.signed("GET", s.path(), change=replacing("Authorization", "aws4_request", "aws5_request"))


@check("the region eu-west-1", "live", 400, "InvalidRegionName",
       "The region name 'eu-west-1' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto")
def _(s):
    return s.signed("GET", s.path(), region="eu-west-1")


@check("the regions us-east-1 and weur", "documented", 200)
def _(s):
    s.put()
    assert s.signed("GET", s.path(), region="us-east-1").status == 200
    return s.signed("GET", s.path(), region="weur")


@check("an unknown key ID", "observed", 401, "Unauthorized", "Unauthorized")
def _(s):
    return s.signed("GET", s.path(), key_id="f" * 32)


@check("a signature that doesn't cover host", "observed", 401, "Unauthorized")
def _(s):
    return s.signed("GET", s.path(), change=replacing("Authorization", "SignedHeaders=host;", "SignedHeaders="))


@check("another secret", "observed", 403, "SignatureDoesNotMatch", COMPARE,
       elements=["Code", "Message", "StringToSign", "StringToSignBytes", "CanonicalRequest", "CanonicalRequestBytes",
                 "SignatureProvided"])
def _(s):
    response = s.signed("GET", s.path(), secret="f" * 64)
    return response, response.data


@check("another secret, for HEAD", "observed", 403, body=b"")
def _(s):
    return s.signed("HEAD", s.path(), secret="f" * 64)


@check("another secret, for a bucket that doesn't exist", "observed", 403, "SignatureDoesNotMatch")
def _(s):
    return s.signed("GET", f"/{s.no_bucket()}/key", secret="f" * 64)


@check("another secret, for an operation that R2 lacks", "observed", 403, "SignatureDoesNotMatch")
def _(s):
    return s.signed("GET", f"/{s.bucket}", "policy=", secret="f" * 64)


@check("a path that is encoded twice in the signature", "observed", 403, "SignatureDoesNotMatch")
def _(s):
    s.put("a b")
    request = {}
    s.signed("GET", s.path("a%2520b"), change=request.update)
    return s.send("GET", s.path("a%20b"), request)


@check("another body than the signed one", "observed", 400, "XAmzContentSHA256Mismatch",
       "The provided 'x-amz-content-sha256' header does not match what was computed.", stored=False)
def _(s):
    response = s.signed("PUT", s.path(), body=b"sent", payload=hashlib.sha256(b"signed").hexdigest())
    return response, {"stored": s.call("head_object", Key=s.key()).status == 200}


@check("UNSIGNED-PAYLOAD", "documented", 200)
def _(s):
    return s.signed("PUT", s.path(), body=b"body", payload="UNSIGNED-PAYLOAD")


@check("a body in chunks with wrong signatures", "live", 501, "NotImplemented",
       "STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented")
def _(s):
    return s.signed("PUT", s.path(), body=b"4;chunk-signature=0\r\nbody\r\n0;chunk-signature=0\r\n\r\n",
                    payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                    headers={"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": "4"})


@check("a body without a length", "documented", 411, "MissingContentLength")
def _(s):
    return s.signed("PUT", s.path(), body=b"body", payload="UNSIGNED-PAYLOAD", chunked=True,
                    change=lambda headers: headers.update({"Transfer-Encoding": "chunked"}))


@check("a session token that isn't R2's", "observed", 400, "InvalidArgument", "X-Amz-Security-Token")
def _(s):
    return s.signed("GET", s.path(), headers={"X-Amz-Security-Token": base64.b64encode(b"token").decode()})


@check("temporary credentials, inside of their prefix", "documented", 200)
def _(s):
    return s.call("put_object", Key=s.key(), Body=b"x", client=s.temporary_client(scope="object-read-write"))


@check("temporary credentials, outside of their prefix", "documented", 403, "AccessDenied")
def _(s):
    return s.call("put_object", Key="other", Body=b"x", client=s.temporary_client(scope="object-read-write"))


@check("temporary credentials for reading, to write", "documented", 403, "AccessDenied")
def _(s):
    return s.call("put_object", Key=s.key(), Body=b"x", client=s.temporary_client(scope="object-read-only"))


@check("temporary credentials with another action", "documented", 403, "AccessDenied")
def _(s):
    client = s.temporary_client(actions=["GetObject"])
    s.put()
    assert s.call("get_object", Key=s.key(), client=client).status == 200
    return s.call("delete_object", Key=s.key(), client=client)


@check("PATCH", "observed", 404, "RouteNotFound", "No route matches this url.")
def _(s):
    return s.signed("PATCH", s.path())


@check("DeleteObjects without a signature", "observed", 400, "InvalidArgument", "Authorization")
def _(s):
    return s.send("POST", f"/{s.bucket}?delete", body=b"<Delete/>")


@check("a body of other bytes, with a Content-MD5 that fits them", "observed", 400, "XAmzContentSHA256Mismatch")
def _(s):
    return s.signed("PUT", s.path(), body=b"sent", payload=hashlib.sha256(b"signed").hexdigest(),
                    headers={"Content-MD5": base64.b64encode(hashlib.md5(b"sent").digest()).decode()})
