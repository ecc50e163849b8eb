"""CopyObject."""

from harness import check


def copy(s, source="key", target="copy", **parameters):
    return s.call("copy_object", Key=s.key(target), CopySource={"Bucket": s.bucket, "Key": s.key(source)},
                  **parameters)


def described(s, response):
    """Returns the response, and the type and metadata of the copy."""
    head = s.call("head_object", Key=s.key("copy"))
    metadata = {name: value for name, value in head.headers.items() if name.startswith("x-amz-meta-")}
    return response, {"type": head.headers.get("content-type"), "metadata": metadata}


def prepare(s):
    return s.put(ContentType="video/mp4", Metadata={"a": "old", "b": "old"})


@check("COPY", "documented", 200, type="video/mp4", metadata={"x-amz-meta-a": "old", "x-amz-meta-b": "old"})
def _(s):
    prepare(s)
    return described(s, copy(s, Metadata={"a": "new"}))


@check("REPLACE", "documented", 200, type="text/plain", metadata={"x-amz-meta-a": "new"})
def _(s):
    prepare(s)
    return described(s, copy(s, MetadataDirective="REPLACE", ContentType="text/plain", Metadata={"a": "new"}))


@check("MERGE", "documented", 200, type="video/mp4", metadata={"x-amz-meta-a": "new", "x-amz-meta-b": "old"})
def _(s):
    prepare(s)
    return described(s, copy(s, MetadataDirective="MERGE", Metadata={"a": "new"}))


@check("another directive", "observed", 400, "InvalidArgument", "metadata directive KEEP.")
def _(s):
    prepare(s)
    return copy(s, MetadataDirective="KEEP")


@check("a copy onto itself", "observed", 200)
def _(s):
    prepare(s)
    return copy(s, target="key")


@check("the response", "documented", 200, etag=True)
def _(s):
    etag = prepare(s)
    response = copy(s)
    return response, {"etag": response.data["CopyObjectResult"]["ETag"] == etag}


@check("a source that doesn't exist", "observed", 404, "NoSuchKey")
def _(s):
    return copy(s)


@check("a source in a bucket that doesn't exist", "observed", 404, "NoSuchBucket")
def _(s):
    return s.call("copy_object", Key=s.key(), CopySource=f"{s.no_bucket()}/key")


@check("a source without a key", "observed", 400, "InvalidArgument", "copy source bucket name")
def _(s):
    return s.call("copy_object", Key=s.key(), CopySource="bucket")


@check("a source with another ETag", "observed", 412, "PreconditionFailed")
def _(s):
    prepare(s)
    return copy(s, CopySourceIfMatch='"other"')


@check("a source with this ETag, which should not match", "observed", 412, "PreconditionFailed")
def _(s):
    return copy(s, CopySourceIfNoneMatch=prepare(s))


@check("a target that should not exist", "documented", 412, "PreconditionFailed")
def _(s):
    prepare(s)
    s.put("copy")
    return copy(s, headers={"cf-copy-destination-if-none-match": "*"})


@check("x-amz-tagging-directive", "observed", 501, "NotImplemented")
def _(s):
    prepare(s)
    return copy(s, TaggingDirective="COPY")


@check("a source with and without a slash", "observed", 200)
def _(s):
    prepare(s)
    assert s.call("copy_object", Key=s.key("copy"), CopySource=f"/{s.bucket}/{s.key()}").status == 200
    return s.call("copy_object", Key=s.key("copy"), CopySource=f"{s.bucket}/{s.key()}")


@check("the storage class GLACIER", "observed", 400, "InvalidStorageClass")
def _(s):
    prepare(s)
    return copy(s, StorageClass="GLACIER")


@check("an invalid directive and a source that doesn't exist", "observed", 400, "InvalidArgument",
       "metadata directive KEEP.")
def _(s):
    return copy(s, MetadataDirective="KEEP")
