"""Presigned URLs."""

import re

from harness import check


@check("GET as signed", "documented", 200, body=b"0123456789")
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object"))


@check("HEAD as signed", "documented", 200, body=b"", headers={"content-length": "10"})
def _(s):
    s.put()
    return s.send("HEAD", s.presign("head_object"))


@check("DELETE as signed", "documented", 204)
def _(s):
    s.put()
    return s.send("DELETE", s.presign("delete_object"))


@check("GET with a URL for PUT", "observed", 403, "SignatureDoesNotMatch")
def _(s):
    s.put()
    return s.send("GET", s.presign("put_object"))


@check("a URL for another key", "documented", 403, "SignatureDoesNotMatch")
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object").replace("/key?", "/other?"))


@check("a URL with a longer lifetime than the signed one", "live", 403, "SignatureDoesNotMatch")
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object").replace("X-Amz-Expires=900", "X-Amz-Expires=90000"))


@check("an expired URL", "observed", 403, "ExpiredRequest", "Request has expired")
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object", expires=10, age=60))


@check("an expired URL with another signature", "observed", 403, "ExpiredRequest")
def _(s):
    return s.send("GET", s.presign("get_object", expires=10, age=60).replace("/key?", "/other?"))


@check("a URL from the future", "observed", 200)
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object", age=-3600))


@check("a lifetime of a week", "observed", 200)
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object", expires=604_800))


@check("a lifetime of more than a week", "observed", 400, "InvalidArgument",
       "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 "
       "seconds")
def _(s):
    return s.send("GET", s.presign("get_object", expires=604_801))


@check("a lifetime that isn't a number", "observed", 400, "InvalidArgument", "X-Amz-Expires should be a number")
def _(s):
    return s.send("GET", s.presign("get_object").replace("X-Amz-Expires=900", "X-Amz-Expires=soon"))


@check("no lifetime", "observed", 400, "InvalidArgument", "Required search parameter X-Amz-Expires missing")
def _(s):
    return s.send("GET", s.presign("get_object").replace("&X-Amz-Expires=900", ""))


@check("neither date nor lifetime", "observed", 400, "InvalidArgument",
       "Required search parameters X-Amz-Date,  X-Amz-Expires missing")
def _(s):
    return s.send("GET", re.sub(r"&X-Amz-(Expires|Date)=[^&]*", "", s.presign("get_object")))


@check("a parameter that was added later", "documented", 403, "SignatureDoesNotMatch")
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object") + "&utm_source=mail")


@check("response-content-disposition", "live", 200, headers={"content-disposition": "attachment"})
def _(s):
    s.put()
    return s.send("GET", s.presign("get_object", ResponseContentDisposition="attachment"))


@check("PUT with the signed length", "live", 200)
def _(s):
    return s.send("PUT", s.presign("put_object", ContentLength=4), body=b"body")


@check("PUT with another length than the signed one", "live", 403, "SignatureDoesNotMatch")
def _(s):
    return s.send("PUT", s.presign("put_object", ContentLength=4), body=b"longer body")


@check("PUT with another type than the signed one", "live", 403, "SignatureDoesNotMatch")
def _(s):
    return s.send("PUT", s.presign("put_object", ContentType="video/mp4"), {"Content-Type": "text/html"}, b"body")


@check("PUT for the second time with a URL that signs If-None-Match", "live", 412, "PreconditionFailed")
def _(s):
    url = s.presign("put_object", IfNoneMatch="*")
    assert s.send("PUT", url, {"If-None-Match": "*"}, b"body").status == 200
    return s.send("PUT", url, {"If-None-Match": "*"}, b"body")


@check("an HTML form's POST", "documented", 501, "NotImplemented")
def _(s):
    form = s.client.generate_presigned_post(s.bucket, s.key())
    boundary = "boundary"
    fields = [(name, value) for name, value in form["fields"].items()] + [("file", "body")]
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields)
    return s.send("POST", f"/{s.bucket}", {"Content-Type": f"multipart/form-data; boundary={boundary}"},
                  f"{body}--{boundary}--\r\n".encode())
