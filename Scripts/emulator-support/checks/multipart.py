"""Uploads in parts."""

import hashlib
import re
import urllib.parse
import xml.etree.ElementTree

from harness import check, md5

PART = 5 * 1024 * 1024
FULL = b"a" * PART
NUMBER = "Part number must be an integer between 1 and 10000, inclusive."


def create(s, name="key", **parameters):
    return s.call("create_multipart_upload", Key=s.key(name), **parameters)


def upload(s, number, body, identifier, **parameters):
    return s.call("upload_part", Key=s.key(), UploadId=identifier, PartNumber=number, Body=body, **parameters)


def begin(s, *bodies, **parameters):
    """Creates an upload and its parts, and returns its ID and the list of parts."""
    identifier = create(s, **parameters).data["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        parts.append({"PartNumber": number, "ETag": upload(s, number, body, identifier).data["ETag"]})
    return identifier, parts


def quote(text):
    return urllib.parse.quote(text, safe="")


def complete(s, identifier, parts, **parameters):
    return s.call("complete_multipart_upload", Key=s.key(), UploadId=identifier, MultipartUpload={"Parts": parts},
                  **parameters)


@check("CreateMultipartUpload", "live", 200,
       headers={"x-amz-abort-date": re.compile(r"\w{3}, .* GMT"),
                "x-amz-abort-rule-id": "Default%20Multipart%20Abort%20Rule"})
def _(s):
    return create(s)


@check("the ETag of a part", "documented", 200, headers={"etag": f'"{md5(b"part")}"'})
def _(s):
    return upload(s, 1, b"part", begin(s)[0])


@check("the object of two parts", "documented", 200, etag=True, length=PART + 4, type="video/mp4")
def _(s):
    response = complete(s, *begin(s, FULL, b"last", ContentType="video/mp4"))
    digest = hashlib.md5(hashlib.md5(FULL).digest() + hashlib.md5(b"last").digest()).hexdigest()
    head = s.call("head_object", Key=s.key())
    return response, {"etag": response.data["ETag"] == f'"{digest}-2"', "length": head.data["ContentLength"],
                      "type": head.data["ContentType"]}


@check("parts in another order", "observed", 200)
def _(s):
    identifier, parts = begin(s, FULL, b"last")
    return complete(s, identifier, parts[::-1])


@check("ETags without quotation marks", "observed", 200)
def _(s):
    identifier, parts = begin(s, b"only")
    return complete(s, identifier, [{**parts[0], "ETag": parts[0]["ETag"].strip('"')}])


@check("GET with partNumber", "observed", 206, body=b"last",
       headers={"content-range": f"bytes {PART}-{PART + 3}/{PART + 4}", "x-amz-mp-parts-count": "2"})
def _(s):
    complete(s, *begin(s, FULL, b"last"))
    return s.call("get_object", Key=s.key(), PartNumber=2)


@check("parts of different lengths", "live", 400, "InvalidPart", "All non-trailing parts must have the same length.")
def _(s):
    return complete(s, *begin(s, FULL, FULL + b"longer", b"last"))


@check("a last part that is longer", "documented", 400, "InvalidPart")
def _(s):
    return complete(s, *begin(s, FULL, FULL + b"longer"))


@check("a first part that is too small", "observed", 400, "EntityTooSmall",
       "Your proposed upload is smaller than the minimum allowed object size.")
def _(s):
    return complete(s, *begin(s, b"small", b"last"))


@check("a part that doesn't exist", "observed", 400, "InvalidPart",
       "One or more of the specified parts could not be found.")
def _(s):
    identifier, parts = begin(s, b"only")
    return complete(s, identifier, [*parts, {"PartNumber": 2, "ETag": parts[0]["ETag"]}])


@check("an ETag of another part", "observed", 400, "InvalidPart")
def _(s):
    identifier, _ = begin(s, b"only")
    return complete(s, identifier, [{"PartNumber": 1, "ETag": f'"{md5(b"other")}"'}])


@check("a part that is listed twice", "observed", 400, "InvalidPart", "There was a problem with the multipart upload.")
def _(s):
    identifier, parts = begin(s, b"only")
    return complete(s, identifier, parts * 2)


@check("no part", "observed", 400, "MalformedXML")
def _(s):
    return complete(s, begin(s, b"only")[0], [])


@check("a second completion", "observed", 404, "NoSuchUpload", "The specified multipart upload does not exist.")
def _(s):
    identifier, parts = begin(s, b"only")
    assert complete(s, identifier, parts).status == 200
    return complete(s, identifier, parts)


@check("a part of a completed upload", "observed", 404, "NoSuchUpload")
def _(s):
    identifier, parts = begin(s, b"only")
    complete(s, identifier, parts)
    return upload(s, 2, b"late", identifier)


@check("part 0", "observed", 400, "InvalidArgument", NUMBER)
def _(s):
    return upload(s, 0, b"part", begin(s)[0])


@check("part 10001", "observed", 400, "InvalidArgument", NUMBER)
def _(s):
    return upload(s, 10_001, b"part", begin(s)[0])


@check("a part number that isn't one", "observed", 404, "RouteNotFound", "No route matches this url.")
def _(s):
    identifier, _ = begin(s)
    return upload(s, 1, b"part", identifier, query="partNumber=x&uploadId=" + quote(identifier))


@check("PUT with uploadId, but without partNumber", "observed", 200, stored=b"part")
def _(s):
    s.put()
    identifier, _ = begin(s)
    response = s.signed("PUT", s.path(), f"uploadId={quote(identifier)}", body=b"part")
    return response, {"stored": s.call("get_object", Key=s.key()).body}


@check("a part with a SHA-256", "live", 501, "NotImplemented")
def _(s):
    return upload(s, 1, b"part", begin(s)[0], ChecksumSHA256="A" * 43 + "=")


@check("a part with a Content-MD5 of other bytes", "live", 400, "BadDigest")
def _(s):
    return upload(s, 1, b"part", begin(s)[0], ContentMD5="A" * 22 + "==")


@check("a part of an upload that doesn't exist", "observed", 404, "NoSuchUpload")
def _(s):
    return upload(s, 1, b"part", "no-such-upload")


@check("abort", "observed", 204)
def _(s):
    return s.call("abort_multipart_upload", Key=s.key(), UploadId=begin(s, b"only")[0])


@check("a second abort", "observed", 204)
def _(s):
    identifier, _ = begin(s, b"only")
    s.call("abort_multipart_upload", Key=s.key(), UploadId=identifier)
    return s.call("abort_multipart_upload", Key=s.key(), UploadId=identifier)


@check("abort of an upload that doesn't exist", "observed", 404, "NoSuchUpload")
def _(s):
    return s.call("abort_multipart_upload", Key=s.key(), UploadId="no-such-upload")


@check("ListParts", "documented", 200, parts=[(1, 4), (2, 5)], truncated=False)
def _(s):
    identifier, _ = begin(s, b"part", b"part2")
    response = s.call("list_parts", Key=s.key(), UploadId=identifier)
    return response, {"parts": [(part["PartNumber"], part["Size"]) for part in response.data.get("Parts", [])],
                      "truncated": response.data["IsTruncated"]}


@check("a page of ListParts", "documented", 200, parts=[2], truncated=True, marker=2)
def _(s):
    identifier, _ = begin(s, b"1", b"2", b"3")
    response = s.call("list_parts", Key=s.key(), UploadId=identifier, MaxParts=1, PartNumberMarker=1)
    return response, {"parts": [part["PartNumber"] for part in response.data.get("Parts", [])],
                      "truncated": response.data["IsTruncated"], "marker": response.data.get("NextPartNumberMarker")}


@check("ListMultipartUploads", "documented", 200, keys=["a", "b"])
def _(s):
    create(s, "b"), create(s, "a")
    response = s.call("list_multipart_uploads", Prefix=s.prefix)
    return response, {"keys": [entry["Key"].removeprefix(s.prefix) for entry in response.data.get("Uploads", [])]}


def copy_part(s, range):
    s.put("source")
    identifier, _ = begin(s)
    return identifier, s.call("upload_part_copy", Key=s.key(), UploadId=identifier, PartNumber=1,
                              CopySource={"Bucket": s.bucket, "Key": s.key("source")}, CopySourceRange=range)


@check("UploadPartCopy of a range", "observed", 200, etag=f'"{md5(b"234")}"')
def _(s):
    response = copy_part(s, "bytes=2-4")[1]
    return response, {"etag": response.data["CopyPartResult"]["ETag"]}


@check("UploadPartCopy of a range past the end", "observed", 200, etag=f'"{md5(b"89")}"')
def _(s):
    response = copy_part(s, "bytes=8-99")[1]
    return response, {"etag": response.data.get("CopyPartResult", {}).get("ETag")}


@check("UploadPartCopy of an invalid range", "observed", 400, "InvalidArgument",
       "Invalid x-amz-copy-source-range: bytes=-2")
def _(s):
    return copy_part(s, "bytes=-2")[1]


@check("UploadPartCopy with a condition", "observed", 501, "NotImplemented")
def _(s):
    s.put("source")
    return s.call("upload_part_copy", Key=s.key(), UploadId=begin(s)[0], PartNumber=1, CopySourceIfMatch="*",
                  CopySource={"Bucket": s.bucket, "Key": s.key("source")})


@check("completion with a condition that doesn't hold", "unsettled", 412, "PreconditionFailed")
def _(s):
    s.put()
    return complete(s, *begin(s, b"only"), IfNoneMatch="*")


@check("a part that is uploaded again", "observed", 400, "InvalidPart",
       "One or more of the specified parts could not be found.")
def _(s):
    identifier, parts = begin(s, b"first")
    upload(s, 1, b"second", identifier)
    return complete(s, identifier, parts)


@check("a part number in the document that is too large", "observed", 400, "InvalidPart")
def _(s):
    identifier, parts = begin(s, b"only")
    return complete(s, identifier, [{**parts[0], "PartNumber": 10_001}])


@check("a document without ETags", "observed", 400, "MalformedXML")
def _(s):
    return complete(s, begin(s, b"only")[0], [{"PartNumber": 1}])


@check("a part number with a zero before it", "observed", 200)
def _(s):
    identifier, _ = begin(s)
    return s.signed("PUT", s.path(), f"partNumber=01&uploadId={quote(identifier)}", body=b"part")


@check("GET of a key with uploads", "observed", 200, root="ListMultipartUploadsResult")
def _(s):
    response = s.signed("GET", s.path(), "uploads=")
    return response, {"root": xml.etree.ElementTree.fromstring(response.body).tag.rpartition("}")[2]}


@check("an empty part", "documented", 200, length=0)
def _(s):
    complete(s, *begin(s, b""))
    response = s.call("head_object", Key=s.key())
    return response, {"length": response.data["ContentLength"]}


@check("CreateMultipartUpload with a condition that doesn't hold", "documented", 412, "PreconditionFailed")
def _(s):
    s.put()
    return create(s, headers={"If-None-Match": "*"})


@check("the location of the object", "observed", 200, location=True)
def _(s):
    response = complete(s, *begin(s, b"only"))
    expected = f"{s.endpoint}/{s.bucket}/{s.key().replace('/', '%2F')}"
    return response, {"location": response.data.get("Location") == expected}
