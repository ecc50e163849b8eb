"""ListObjectsV2 and ListObjects."""

import xml.etree.ElementTree

from harness import check

NAMES = ["a", "b/1", "b/2", "c d", "e"]


def listed(s, response):
    """Returns the response, and what it lists, without the prefix of the check."""
    def names(texts):
        return [text.removeprefix(s.prefix) for text in texts]

    data = response.data
    return response, {
        "keys": names(entry["Key"] for entry in data.get("Contents", [])),
        "prefixes": names(entry["Prefix"] for entry in data.get("CommonPrefixes", [])),
        "count": data.get("KeyCount"), "truncated": data.get("IsTruncated"), "maximum": data.get("MaxKeys"),
        "token": "NextContinuationToken" in data, "marker": names([data.get("NextMarker", "")])[0],
        "owner": any("Owner" in entry for entry in data.get("Contents", [])),
    }


def prepare(s):
    for name in NAMES:
        s.put(name)


def list2(s, **parameters):
    prepare(s)
    return listed(s, s.call("list_objects_v2", Prefix=s.prefix, **parameters))


def list1(s, **parameters):
    prepare(s)
    return listed(s, s.call("list_objects", Prefix=s.prefix, **parameters))


def query(s, text):
    prepare(s)
    return s.signed("GET", f"/{s.bucket}", f"{text}&prefix={s.prefix.replace('/', '%2F')}".removeprefix("&"))


@check("all objects", "observed", 200, keys=NAMES, prefixes=[], count=5, truncated=False, maximum=1000, token=False,
       owner=False)
def _(s):
    return list2(s)


@check("a delimiter", "observed", 200, keys=["a", "c d", "e"], prefixes=["b/"], count=4)
def _(s):
    return list2(s, Delimiter="/")


@check("an empty delimiter", "documented", 200, keys=NAMES, prefixes=[])
def _(s):
    return list2(s, Delimiter="")


@check("a page of three", "observed", 200, keys=["a", "b/1", "b/2"], count=3, truncated=True, maximum=3, token=True)
def _(s):
    return list2(s, MaxKeys=3)


@check("a page of three of four, with a prefix that counts", "observed", 200, keys=["a", "c d"], prefixes=["b/"],
       count=3, truncated=True)
def _(s):
    return list2(s, MaxKeys=3, Delimiter="/")


@check("the page after a page that ended with a prefix", "observed", 200, keys=["c d", "e"], prefixes=[], token=False)
def _(s):
    first, _ = list2(s, MaxKeys=2, Delimiter="/")
    return listed(s, s.call("list_objects_v2", Prefix=s.prefix, Delimiter="/",
                            ContinuationToken=first.data["NextContinuationToken"]))


@check("start-after", "observed", 200, keys=["c d", "e"])
def _(s):
    return list2(s, StartAfter=s.key("b/2"))


@check("max-keys of 0", "observed", 200, keys=[], truncated=True, token=False, maximum=0)
def _(s):
    return list2(s, MaxKeys=0)


@check("max-keys of 5000", "observed", 200, maximum=5000)
def _(s):
    return list2(s, MaxKeys=5000)


@check("a negative max-keys", "observed", 400, "InvalidMaxKeys", "MaxKeys params must be positive integer <= 1000.")
def _(s):
    return query(s, "list-type=2&max-keys=-1")


@check("max-keys that isn't a number", "observed", 400, "InvalidMaxKeys")
def _(s):
    return query(s, "list-type=2&max-keys=many")


@check("max-keys of 1.5", "observed", 200, keys=1)
def _(s):
    response = query(s, "list-type=2&max-keys=1.5")
    return response, {"keys": len(response.elements("Key"))}


@check("encoding-type=url", "observed", 200, keys=["a", "b%2F1", "b%2F2", "c%20d", "e"])
def _(s):
    response = query(s, "list-type=2&encoding-type=url")
    encoded = s.prefix.replace("/", "%2F")
    return response, {"keys": [key.removeprefix(encoded).removeprefix(s.prefix) for key in response.elements("Key")]}


@check("another encoding-type", "observed", 501, "NotImplemented",
       'Unrecognized encoding-type "base64" not implemented')
def _(s):
    return query(s, "list-type=2&encoding-type=base64")


@check("an unknown parameter", "observed", 501, "NotImplemented",
       "ListObjectsV2 search parameter page not implemented")
def _(s):
    return query(s, "list-type=2&page=2")


@check("list-type=1", "observed", 501, "NotImplemented", "ListObjectsV1 not implemented")
def _(s):
    return query(s, "list-type=1")


@check("fetch-owner", "documented", 200, owner=True)
def _(s):
    return list2(s, FetchOwner=True)


@check("version 1, a page of three", "observed", 200, keys=["a", "b/1", "b/2"], truncated=True, marker="b/2")
def _(s):
    return list1(s, MaxKeys=3)


@check("version 1, the page after a marker", "observed", 200, keys=["c d", "e"], truncated=False, marker="")
def _(s):
    return list1(s, Marker=s.key("b/2"))


@check("version 1, a marker that is a prefix", "observed", 200, keys=["a"], prefixes=["b/"], marker="b/")
def _(s):
    return list1(s, Delimiter="/", MaxKeys=2)


@check("version 1 with start-after", "observed", 501, "NotImplemented",
       "ListObjectsV1 search parameter start-after not implemented")
def _(s):
    return query(s, "start-after=a")


@check("version 1 with continuation-token", "observed", 400, "InvalidArgument",
       "continuation-token not supported in ListObjects")
def _(s):
    return query(s, "continuation-token=a")


@check("an empty max-keys", "observed", 400, "InvalidMaxKeys")
def _(s):
    return query(s, "list-type=2&max-keys=")


@check("max-keys of Infinity", "observed", 400, "InvalidMaxKeys")
def _(s):
    return query(s, "list-type=2&max-keys=Infinity")


@check("version 2 with marker", "observed", 501, "NotImplemented",
       "ListObjectsV2 search parameter marker not implemented")
def _(s):
    return query(s, "list-type=2&marker=a")


@check("list-type=3", "observed", 501, "NotImplemented", "ListObjectsV3 not implemented")
def _(s):
    return query(s, "list-type=3")


@check("the order of elements", "observed", 200,
       elements=["Name", "Contents", "IsTruncated", "CommonPrefixes", "Prefix", "Delimiter", "NextContinuationToken",
                 "MaxKeys", "KeyCount"])
def _(s):
    response = query(s, "list-type=2&max-keys=2&delimiter=%2F")
    root = xml.etree.ElementTree.fromstring(response.body)
    return response, {"elements": [child.tag.rpartition("}")[2] for child in root]}


@check("a prefix without objects", "observed", 200, keys=[], count=0, truncated=False)
def _(s):
    return listed(s, s.call("list_objects_v2", Prefix=s.key("none")))
