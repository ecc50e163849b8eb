"""awscrt: aws-c-auth, the C signer that several AWS SDKs share, called from Python."""
from awscrt import auth, http

import workload as w

credentials = auth.AwsCredentialsProvider.new_static(w.ACCESS_KEY_ID, w.SECRET_ACCESS_KEY)


def sign(key):
    headers = http.HttpHeaders([("host", w.HOST)])
    if w.IS_UPLOAD:
        headers.add("content-type", w.CONTENT_TYPE)
    request = http.HttpRequest("PUT" if w.IS_UPLOAD else "GET", f"/{w.BUCKET}/{key}", headers)
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4, signature_type=auth.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS,
        credentials_provider=credentials, region=w.REGION, service="s3", use_double_uri_encode=False,
        should_normalize_uri_path=False, signed_body_value=auth.AwsSignedBodyValue.UNSIGNED_PAYLOAD,
        signed_body_header_type=auth.AwsSignedBodyHeaderType.NONE, expiration_in_seconds=w.LIFETIME)
    auth.aws_sign_request(request, config).result()
    return w.ENDPOINT + request.path


w.measure("awscrt", sign, 15000)
