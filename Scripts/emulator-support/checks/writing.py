"""PutObject."""

import base64
import email.header
import hashlib
import re

from harness import check, md5

FAILED = "At least one of the pre-conditions you specified did not hold."


def put(s, name="key", **parameters):
    return s.call("put_object", Key=s.key(name), **{"Body": b"body"} | parameters)


@check("PUT", "observed", 200, body=b"",
       headers={"etag": f'"{md5(b"body")}"', "x-amz-version-id": re.compile(r"\S+")})
def _(s):
    return put(s)


@check("PUT in a bucket that doesn't exist", "observed", 404, "NoSuchBucket")
def _(s):
    return put(s, Bucket=s.no_bucket())


@check("PUT with cf-create-bucket-if-missing", "documented", 200)
def _(s):
    return put(s, Bucket=f"created-{s.count}", headers={"cf-create-bucket-if-missing": "true"})


@check("If-None-Match: * on a free key", "documented", 200)
def _(s):
    return put(s, IfNoneMatch="*")


@check("If-None-Match: * on a taken key", "observed", 412, "PreconditionFailed", FAILED, stored=b"0123456789")
def _(s):
    s.put()
    return put(s, IfNoneMatch="*"), {"stored": s.call("get_object", Key=s.key()).body}


@check("If-Match with the ETag", "observed", 200)
def _(s):
    return put(s, IfMatch=s.put())


@check("If-Match with another ETag", "observed", 412, "PreconditionFailed", FAILED)
def _(s):
    s.put()
    return put(s, IfMatch='"other"')


@check("If-Match on a free key", "observed", 412, "PreconditionFailed")
def _(s):
    return put(s, IfMatch='"other"')


@check("PUT with If-Modified-Since a later date", "documented", 412, "PreconditionFailed")
def _(s):
    s.put()
    return put(s, headers={"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"})


@check("a Content-MD5 of other bytes", "observed", 400, "BadDigest",
       f"The MD5 checksum you specified did not match what we received.\nYou provided a MD5 checksum with value: "
       f"{md5(b'other')}\nActual MD5 was: {md5(b'body')}")
def _(s):
    return put(s, ContentMD5=base64.b64encode(hashlib.md5(b"other").digest()).decode())


@check("a Content-MD5 that isn't one", "observed", 400, "InvalidDigest",
       "The checksum or Content-MD5 you specified is not valid.")
def _(s):
    return put(s, ContentMD5="bm90IGFuIE1ENQ==")


@check("a CRC32 of other bytes", "live", 400, "BadDigest")
def _(s):
    return put(s, ChecksumCRC32="AAAAAA==")


@check("a SHA-256 that is stored and returned", "live", 200,
       headers={"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(b"body").digest()).decode()})
def _(s):
    put(s, ChecksumSHA256=base64.b64encode(hashlib.sha256(b"body").digest()).decode())
    return s.call("head_object", Key=s.key(), ChecksumMode="ENABLED")


@check("a key of 1,024 bytes", "documented", 200)
def _(s):
    return s.call("put_object", Key=s.prefix.ljust(1024, "a"), Body=b"body")


@check("a key of 1,025 bytes", "observed", 400, "InvalidObjectName", "The specified object name is not valid.")
def _(s):
    return s.call("put_object", Key=s.prefix.ljust(1025, "a"), Body=b"body")


@check("a key with //, a plus, a percent sign and a quotation mark", "documented", 200, key=True)
def _(s):
    name = 'a//b+c%2Fd "e"\'f\'&=?#'
    put(s, name)
    keys = [entry["Key"] for entry in s.call("list_objects_v2", Prefix=s.prefix).data.get("Contents", [])]
    return s.call("get_object", Key=s.key(name)), {"key": keys == [s.key(name)]}


@check("a key in another Unicode form", "documented", 200)
def _(s):
    put(s, "U\u0308bung.mp4")
    return s.call("get_object", Key=s.key("\u00dcbung.mp4"))


@check("metadata in RFC 2047 words", "documented", 200, value="Übung")
def _(s):
    put(s, Metadata={"title": "=?UTF-8?B?" + base64.b64encode("Übung".encode()).decode() + "?="})
    response = s.call("head_object", Key=s.key())
    # Either encoding of RFC 2047.
    words = email.header.decode_header(response.headers.get("x-amz-meta-title", ""))
    text = "".join(word if isinstance(word, str) else word.decode(charset or "ascii") for word, charset in words)
    return response, {"value": text}


@check("metadata of 8,193 bytes", "observed", 400, "MetadataTooLarge",
       "Your metadata headers exceed the maximum allowed metadata size.")
def _(s):
    return put(s, Metadata={"long": "x" * (8193 - len("long"))})


@check("x-amz-tagging", "observed", 501, "NotImplemented", "Header 'x-amz-tagging' with value 'a=b' not implemented")
def _(s):
    return put(s, Tagging="a=b")


@check("a lock of the object", "observed", 501, "NotImplemented")
def _(s):
    return put(s, ObjectLockLegalHoldStatus="ON")


@check("x-amz-acl: public-read", "observed", 200)
def _(s):
    return put(s, ACL="public-read")


@check("x-amz-acl with another value", "observed", 501, "NotImplemented",
       "Header 'x-amz-acl' with value 'everyone' not implemented")
def _(s):
    return put(s, ACL="everyone")


@check("encryption with AES256", "observed", 200)
def _(s):
    return put(s, ServerSideEncryption="AES256")


@check("encryption with aws:kms", "observed", 501, "NotImplemented",
       "Header 'x-amz-server-side-encryption' with value 'aws:kms' not implemented")
def _(s):
    return put(s, ServerSideEncryption="aws:kms")


@check("a customer's key", "documented", 200, body=b"body",
       headers={"x-amz-server-side-encryption-customer-algorithm": "AES256"})
def _(s):
    key = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    put(s, **key)
    return s.call("get_object", Key=s.key(), **key)


@check("a customer's key with another algorithm", "observed", 400, "InvalidEncryptionAlgorithmError")
def _(s):
    return put(s, SSECustomerAlgorithm="AES128", SSECustomerKey="k" * 32)


@check("a customer's key for an object without one", "observed", 400, "InvalidRequest",
       "The encryption parameters are not applicable to this object.")
def _(s):
    s.put()
    return s.call("get_object", Key=s.key(), SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32)


@check("the storage class STANDARD_IA", "documented", 200, headers={"x-amz-storage-class": "STANDARD_IA"})
def _(s):
    put(s, StorageClass="STANDARD_IA")
    return s.call("head_object", Key=s.key())


@check("the storage class GLACIER", "observed", 400, "InvalidStorageClass", "The storage class specified is not valid.")
def _(s):
    return put(s, StorageClass="GLACIER")


@check("POST on a key", "observed", 200, stored=b"body")
def _(s):
    response = s.signed("POST", s.path(), body=b"body")
    return response, {"stored": s.call("get_object", Key=s.key()).body}


@check("PUT with tagging in the query", "observed", 501, "NotImplemented", "PutObjectTagging not implemented")
def _(s):
    s.put()
    return s.signed("PUT", s.path(), "tagging=", body=b"<Tagging/>")


@check("a header x-amz-… that no operation has", "observed", 200)
def _(s):
    return put(s, headers={"x-amz-something": "1"})


@check("a customer's key without its MD5", "observed", 400, "InvalidArgument")
def _(s):
    return s.signed("PUT", s.path(), body=b"body", headers={
        "x-amz-server-side-encryption-customer-algorithm": "AES256",
        "x-amz-server-side-encryption-customer-key": base64.b64encode(b"k" * 32).decode()})


@check("PUT with partNumber, but without uploadId", "observed", 200, stored=b"body")
def _(s):
    response = s.signed("PUT", s.path(), "partNumber=1", body=b"body")
    return response, {"stored": s.call("get_object", Key=s.key()).body}


@check("POST on a key with a source to copy", "observed", 200, stored=b"body")
def _(s):
    s.put("source")
    response = s.signed("POST", s.path(), body=b"body", headers={"x-amz-copy-source": s.path("source")})
    return response, {"stored": s.call("get_object", Key=s.key()).body}


@check("an empty object", "documented", 200, body=b"", headers={"content-length": "0", "etag": f'"{md5(b"")}"'})
def _(s):
    put(s, Body=b"")
    return s.call("get_object", Key=s.key())


@check("Expires, as it was sent", "documented", 200, headers={"expires": "Thu, 01 Jan 2099 00:00:00 GMT"})
def _(s):
    put(s, headers={"Expires": "Thu, 01 Jan 2099 00:00:00 GMT"})
    return s.call("head_object", Key=s.key())
