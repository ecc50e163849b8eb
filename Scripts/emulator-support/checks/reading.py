"""GetObject and HeadObject."""

import re

from harness import check, md5

NO_KEY = "The specified key does not exist."
RANGE = "range must be in format 'bytes=start-end', 'bytes=start-' or 'bytes=-suffix'.'"


def get(s, value=None, **parameters):
    s.put()
    return s.call("get_object", Key=s.key(), headers={"Range": value} if value else None, **parameters)


@check("the headers of an object", "observed", 200, body=b"0123456789",
       headers={"etag": f'"{md5(b"0123456789")}"', "content-length": "10", "accept-ranges": "bytes",
                "content-type": "video/mp4", "cache-control": "max-age=60", "content-language": "de",
                "content-disposition": "inline", "x-amz-meta-course": "7",
                "last-modified": re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")})
def _(s):
    s.put(ContentType="video/mp4", CacheControl="max-age=60", ContentLanguage="de", ContentDisposition="inline",
          Metadata={"course": "7"})
    return s.call("get_object", Key=s.key())


@check("GET of a key that doesn't exist", "observed", 404, "NoSuchKey", NO_KEY)
def _(s):
    return s.call("get_object", Key=s.key())


@check("HEAD of a key that doesn't exist", "observed", 404, body=b"")
def _(s):
    return s.signed("HEAD", s.path())


@check("GET in a bucket that doesn't exist", "observed", 404, "NoSuchBucket", "The specified bucket does not exist.")
def _(s):
    return s.call("get_object", Bucket=s.no_bucket(), Key="key")


@check("a range", "observed", 206, body=b"234", headers={"content-range": "bytes 2-4/10", "content-length": "3"})
def _(s):
    return get(s, "bytes=2-4")


@check("a range without an end", "observed", 206, body=b"789", headers={"content-range": "bytes 7-9/10"})
def _(s):
    return get(s, "bytes=7-")


@check("the last bytes", "observed", 206, body=b"89", headers={"content-range": "bytes 8-9/10"})
def _(s):
    return get(s, "bytes=-2")


@check("a range past the end", "observed", 206, body=b"89", headers={"content-range": "bytes 8-9/10"})
def _(s):
    return get(s, "bytes=8-99")


@check("a range that starts past the end", "observed", 416, "InvalidRange", "The requested range is not satisfiable")
def _(s):
    return get(s, "bytes=10-")


@check("the last zero bytes", "observed", 416, "InvalidRange")
def _(s):
    return get(s, "bytes=-0")


@check("two ranges", "observed", 400, "InvalidArgument", RANGE)
def _(s):
    return get(s, "bytes=0-1,4-5")


@check("a range in another unit", "observed", 400, "InvalidArgument", RANGE)
def _(s):
    return get(s, "items=0-1")


@check("a range whose end is before its start", "observed", 400, "InvalidArgument", "range must be positive.")
def _(s):
    return get(s, "bytes=4-2")


@check("an invalid range of a key that doesn't exist", "observed", 400, "InvalidArgument")
def _(s):
    return s.call("get_object", Key=s.key(), headers={"Range": "bytes=4-2"})


@check("HEAD with a range", "observed", 206, headers={"content-range": "bytes 2-4/10", "content-length": "3"})
def _(s):
    s.put()
    return s.call("head_object", Key=s.key(), headers={"Range": "bytes=2-4"})


@check("If-None-Match with the ETag", "observed", 304, body=b"")
def _(s):
    return s.call("get_object", Key=s.key(), IfNoneMatch=s.put())


@check("If-None-Match with a list and a weak ETag", "documented", 304)
def _(s):
    return s.call("get_object", Key=s.key(), IfNoneMatch=f'"other", W/{s.put()}')


@check("If-Match with another ETag", "observed", 412, "PreconditionFailed",
       "At least one of the pre-conditions you specified did not hold.")
def _(s):
    return get(s, IfMatch='"other"')


@check("If-Modified-Since with a later date", "observed", 304)
def _(s):
    return get(s, IfModifiedSince="Thu, 01 Jan 2099 00:00:00 GMT")


@check("If-Unmodified-Since with an earlier date", "observed", 412, "PreconditionFailed")
def _(s):
    return get(s, IfUnmodifiedSince="Mon, 01 Jan 2024 00:00:00 GMT")


@check("GET with tagging", "observed", 501, "NotImplemented", "GetObjectTagging not implemented")
def _(s):
    s.put()
    return s.call("get_object_tagging", Key=s.key())


@check("GET with acl", "observed", 501, "NotImplemented", "GetObjectAcl not implemented")
def _(s):
    s.put()
    return s.call("get_object_acl", Key=s.key())


@check("GET with attributes", "observed", 501, "NotImplemented", "GetObjectAttributes not implemented")
def _(s):
    s.put()
    return s.call("get_object_attributes", Key=s.key(), ObjectAttributes=["ETag"])


@check("GET with x-amz-expected-bucket-owner", "observed", 501, "NotImplemented",
       "Header 'x-amz-expected-bucket-owner' with value '123' not implemented")
def _(s):
    return get(s, ExpectedBucketOwner="123")


@check("HEAD with uploadId", "observed", 200, headers={"content-length": "10"})
def _(s):
    s.put()
    return s.signed("HEAD", s.path(), "uploadId=x")


@check("GET with an unknown parameter", "observed", 200, body=b"0123456789")
def _(s):
    s.put()
    return s.signed("GET", s.path(), "something=1&x-id=GetObject")


@check("If-None-Match with another ETag, and If-Modified-Since with a later date", "observed", 200)
def _(s):
    return get(s, IfNoneMatch='"other"', IfModifiedSince="Thu, 01 Jan 2099 00:00:00 GMT")


@check("If-Match with the ETag, and If-Unmodified-Since with an earlier date", "observed", 200)
def _(s):
    return s.call("get_object", Key=s.key(), IfMatch=s.put(), IfUnmodifiedSince="Mon, 01 Jan 2024 00:00:00 GMT")


@check("If-Match and If-None-Match, which both fail", "observed", 412, "PreconditionFailed")
def _(s):
    return s.call("get_object", Key=s.key(), IfMatch='"other"', IfNoneMatch=s.put())


@check("a range of an empty object", "observed", 416, "InvalidRange")
def _(s):
    s.put(body=b"")
    return s.call("get_object", Key=s.key(), headers={"Range": "bytes=0-0"})
