"""DeleteObject and DeleteObjects."""

from harness import check


def delete(s, keys, **parameters):
    return s.call("delete_objects", Delete={"Objects": [{"Key": key} for key in keys]} | parameters)


@check("a key that doesn't exist", "observed", 204, body=b"")
def _(s):
    return s.call("delete_object", Key=s.key())


@check("DELETE with tagging in the query", "observed", 204, exists=False)
def _(s):
    s.put()
    response = s.signed("DELETE", s.path(), "tagging=")
    return response, {"exists": s.call("head_object", Key=s.key()).status == 200}


@check("x-amz-mfa", "observed", 501, "NotImplemented", "Header 'x-amz-mfa' with value '1' not implemented")
def _(s):
    return s.call("delete_object", Key=s.key(), MFA="1")


@check("two keys, of which one exists", "observed", 200, deleted=["key", "other"])
def _(s):
    s.put()
    response = delete(s, [s.key(), s.key("other")])
    keys = [entry["Key"].removeprefix(s.prefix) for entry in response.data.get("Deleted", [])]
    return response, {"deleted": keys}


@check("two keys, quietly", "observed", 200, deleted=2)
def _(s):
    s.put()
    response = delete(s, [s.key(), s.key("other")], Quiet=True)
    return response, {"deleted": len(response.data.get("Deleted", []))}


@check("1,001 keys", "observed", 400, "MalformedXML",
       "The XML you provided was not well formed or did not validate against our published schema.")
def _(s):
    return delete(s, [s.key(str(number)) for number in range(1001)])


@check("no key", "observed", 400, "MalformedXML")
def _(s):
    return delete(s, [])


@check("no Content-MD5", "observed", 200)
def _(s):
    return s.signed("POST", f"/{s.bucket}", "delete=",
                    body=f"<Delete><Object><Key>{s.key()}</Key></Object></Delete>".encode())


@check("a document that isn't XML", "observed", 400, "MalformedXML")
def _(s):
    return s.signed("POST", f"/{s.bucket}", "delete=", body=b"<Delete><Object>")


@check("a Content-MD5 of other bytes", "observed", 400, "BadDigest")
def _(s):
    return s.signed("POST", f"/{s.bucket}", "delete=", {"Content-MD5": "A" * 22 + "=="},
                    f"<Delete><Object><Key>{s.key()}</Key></Object></Delete>".encode())


@check("a Quiet that isn't a Boolean value", "observed", 400, "MalformedXML")
def _(s):
    return s.signed("POST", f"/{s.bucket}", "delete=",
                    body=f"<Delete><Quiet>yes</Quiet><Object><Key>{s.key()}</Key></Object></Delete>".encode())


@check("a key with spaces at its ends", "documented", 200, exists=False)
def _(s):
    s.put(" key ")
    response = delete(s, [s.key(" key ")])
    return response, {"exists": s.call("head_object", Key=s.key(" key ")).status == 200}
