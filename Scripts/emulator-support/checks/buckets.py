"""Buckets and their settings."""

from harness import check

RULE = {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["content-type"],
        "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}


@check("HeadBucket", "documented", 200, headers={"x-amz-bucket-region": "auto"})
def _(s):
    return s.call("head_bucket")


@check("HeadBucket of a bucket that doesn't exist", "observed", 404)
def _(s):
    return s.call("head_bucket", Bucket=s.no_bucket())


@check("the location", "observed", 200, location="ENAM")
def _(s):
    response = s.call("get_bucket_location")
    return response, {"location": response.data["LocationConstraint"]}


@check("the location of a bucket in Western Europe", "documented", 200, location="WEUR")
def _(s):
    name = f"weur-{s.count}"
    s.call("create_bucket", Bucket=name, CreateBucketConfiguration={"LocationConstraint": "weur"})
    response = s.call("get_bucket_location", Bucket=name)
    return response, {"location": response.data["LocationConstraint"]}


@check("versioning", "observed", 200, status_element=None)
def _(s):
    response = s.call("get_bucket_versioning")
    return response, {"status_element": response.data.get("Status")}


@check("encryption", "observed", 200, algorithm="AES256")
def _(s):
    response = s.call("get_bucket_encryption")
    rules = response.data["ServerSideEncryptionConfiguration"]["Rules"]
    return response, {"algorithm": rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]}


@check("tagging", "observed", 404, "NoSuchTagSet")
def _(s):
    return s.call("get_bucket_tagging")


@check("policy", "observed", 501, "NotImplemented", "GetBucketPolicy not implemented")
def _(s):
    return s.call("get_bucket_policy")


@check("PUT with versioning", "unsettled", 501, "NotImplemented", "PutBucketVersioning not implemented")
def _(s):
    return s.call("put_bucket_versioning", Bucket=s.new_bucket(), VersioningConfiguration={"Status": "Enabled"})


@check("PUT with a parameter that doesn't exist", "observed", 400, "InvalidArgument",
       'Unsupported search param(s) "lifecycles" on a PUT bucket route')
def _(s):
    return s.signed("PUT", f"/{s.bucket}", "lifecycles=", body=b"")


@check("DELETE of a bucket that isn't empty", "documented", 409, "BucketNotEmpty")
def _(s):
    name = s.new_bucket()
    s.put(Bucket=name)
    return s.call("delete_bucket", Bucket=name)


@check("DELETE of a bucket with an unfinished upload", "live", 409, "BucketNotEmpty")
def _(s):
    name = s.new_bucket()
    s.call("create_multipart_upload", Bucket=name, Key="key")
    return s.call("delete_bucket", Bucket=name)


@check("DELETE of an empty bucket", "documented", 204)
def _(s):
    return s.call("delete_bucket", Bucket=s.new_bucket())


@check("a bucket name that isn't valid", "documented", 400, "InvalidBucketName")
def _(s):
    return s.signed("PUT", "/Invalid_Name", body=b"")


@check("ListBuckets", "documented", 200, found=True, owner=True)
def _(s):
    response = s.call("list_buckets")
    names = [bucket["Name"] for bucket in response.data["Buckets"] if bucket["CreationDate"]]
    return response, {"found": s.bucket in names, "owner": "ID" in response.data.get("Owner", {})}


@check("HEAD of the root", "observed", 404)
def _(s):
    return s.signed("HEAD", "/")


@check("a signed POST on a bucket", "observed", 200, body=b"")
def _(s):
    return s.signed("POST", f"/{s.bucket}", body=b"")


@check("CORS rules, stored and read", "documented", 200, rules=[RULE])
def _(s):
    name = s.new_bucket()
    s.call("put_bucket_cors", Bucket=name, CORSConfiguration={"CORSRules": [RULE]})
    response = s.call("get_bucket_cors", Bucket=name)
    rules = [{name: rule[name] for name in RULE if name in rule} for rule in response.data.get("CORSRules", [])]
    return response, {"rules": rules}


def preflight(s, origin="https://app.example", method="PUT", headers="content-type"):
    name = s.new_bucket()
    s.call("put_bucket_cors", Bucket=name, CORSConfiguration={"CORSRules": [RULE]})
    return s.send("OPTIONS", f"/{name}/key", {"Origin": origin, "Access-Control-Request-Method": method,
                                              "Access-Control-Request-Headers": headers})


@check("a preflight that a rule allows", "unsettled", 204,
       headers={"access-control-allow-origin": "https://app.example"})
def _(s):
    return preflight(s)


@check("a preflight from another origin", "live", 403, "Unauthorized", "CORS not configured for this bucket",
       headers={"access-control-allow-origin": None})
def _(s):
    return preflight(s, origin="https://attacker.example")


@check("a preflight for another method", "live", 403, "Unauthorized", "CORS not configured for this bucket",
       headers={"access-control-allow-origin": None})
def _(s):
    return preflight(s, method="DELETE")


@check("a preflight for another header", "live", 403, "Unauthorized", "CORS not configured for this bucket",
       headers={"access-control-allow-origin": None})
def _(s):
    return preflight(s, headers="x-other")


@check("an origin with a path in a CORS rule", "documented", 400, "MalformedXML")
def _(s):
    return s.call("put_bucket_cors", Bucket=s.new_bucket(),
                CORSConfiguration={"CORSRules": [RULE | {"AllowedOrigins": ["https://app.example/path"]}]})


@check("lifecycle rules, stored and read", "documented", 200, days=3)
def _(s):
    name = s.new_bucket()
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 3}}
    s.call("put_bucket_lifecycle_configuration", Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    response = s.call("get_bucket_lifecycle_configuration", Bucket=name)
    return response, {"days": response.data["Rules"][0]["Expiration"]["Days"]}


@check("the location with another parameter", "observed", 400, "InvalidArgument",
       "Search param prefix is unsupported for bucket location")
def _(s):
    return s.signed("GET", f"/{s.bucket}", "location=&prefix=a")


@check("policy status", "observed", 501, "NotImplemented", "GetGetBucketPolicyStatus not implemented")
def _(s):
    return s.call("get_bucket_policy_status")


@check("replication", "observed", 404, "ReplicationConfigurationNotFoundError")
def _(s):
    return s.call("get_bucket_replication")


@check("an object lock configuration", "observed", 404, "ObjectLockConfigurationNotFoundError")
def _(s):
    return s.call("get_object_lock_configuration")


@check("DELETE with policy", "observed", 501, "NotImplemented", "DeleteBucketPolicy not implemented")
def _(s):
    return s.call("delete_bucket_policy", Bucket=s.new_bucket())


@check("ListBuckets, a page of one", "documented", 200, buckets=1)
def _(s):
    s.new_bucket()
    response = s.signed("GET", "/", "max-keys=1")
    return response, {"buckets": len(response.elements("Name"))}


@check("an unknown element in CORS rules", "documented", 400, "MalformedXML")
def _(s):
    rule = "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><Other/>"
    return s.signed("PUT", f"/{s.new_bucket()}", "cors=",
                    body=f"<CORSConfiguration><CORSRule>{rule}</CORSRule></CORSConfiguration>".encode())


@check("the response to a page of another origin", "documented", 200,
       headers={"access-control-allow-origin": "https://app.example", "access-control-expose-headers": "ETag"})
def _(s):
    name = s.new_bucket()
    s.call("put_bucket_cors", Bucket=name, CORSConfiguration={"CORSRules": [RULE]})
    return s.call("put_object", Bucket=name, Key="key", Body=b"", headers={"Origin": "https://app.example"})
