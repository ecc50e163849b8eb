import R2Kit
import Testing

@Suite("Error responses")
struct ErrorResponseTests {
    private func error(
        _ status: Int, _ body: String = "", _ headers: [(String, String)] = []
    ) throws -> R2Error {
        let response = try Sample.response(status, headers, body: body)
        return try r2Error { _ = try GetObject(Sample.key()).output(from: response) }
    }

    @Test func `an error contains everything that the response states`() throws {
        let body =
            #"<?xml version='1.0' encoding='UTF-8'?>\#n<Error><Code>NoSuchKey</Code><Message>None &amp; no</Message>"#
            + "<Key>videos</Key><RequestId>in-the-body</RequestId><HostId/></Error>\n"
        let error = try error(404, body, [("x-amz-request-id", "abc"), ("cf-ray", "8a-FRA"), ("Retry-After", "3")])
        #expect(error.code == .noSuchKey && error.status == 404 && error.message == "None & no")
        #expect(error.operation == "GetObject" && error.key?.rawValue == "videos/lecture 1.mp4")
        #expect(error.requestID == "abc" && error.cfRay == "8a-FRA" && error.retryAfter == .seconds(3))
        #expect(error.isNotFound && !error.isRetryable)
        for part in ["NoSuchKey: None & no", "GetObject", "videos/lecture 1.mp4", "404", "abc", "8a-FRA"] {
            #expect(error.description.contains(part))
        }
        #expect(try self.error(404, body).requestID == "in-the-body")
    }

    @Test(arguments: ["two words", "a\nb", "é", String(repeating: "a", count: 65), ""])
    func `a code that isn't a name counts as missing`(_ code: String) throws {
        let error = try error(403, "<Error><Code>\(code)</Code><Message>Why</Message></Error>")
        #expect(error.code == .accessDenied && error.message == "Why")
    }

    @Test func `an error without a message gets a message that is true`() throws {
        let error = try error(403, "<Error><Code>SignatureDoesNotMatch</Code><Message></Message></Error>")
        #expect(error.code == .signatureDoesNotMatch && error.message.contains("no message"))
        #expect(try self.error(404, "<Error><Code>NoSuchBucket</Code></Error>").message.contains("no message"))
        let bucket = try r2Error { _ = try HeadBucket().output(from: Sample.response(404)) }
        #expect(bucket.message.contains("bucket doesn't exist"))
    }

    @Test(arguments: [
        "", "<Error><Code>InvalidRange</Code></Error>", "<Error><Code>InvalidRange</Code><Message/></Error>",
        "<Error><Code>InvalidRange</Code><Message>InvalidRange</Message></Error>",
        "<Error><Code>InvalidRange</Code><Message>Invalidrange.</Message></Error>",
    ])
    func `a message that is missing or repeats the code is replaced`(_ body: String) throws {
        let error = try error(416, body)
        #expect(error.code == .invalidRange && error.message == "The requested range isn't in the object.")
        #expect(error.description.ranges(of: "InvalidRange").count == 1)
    }

    @Test func `a description never shows the code twice`() {
        #expect(R2Error(.slowDown, "SlowDown").description == "SlowDown. Retry after a delay.")
    }

    @Test(arguments: [
        (429, "TooManyRequests", "Retry after 600 seconds. R2 allows one write per second to the same key."),
        (503, "SlowDown", "Retry after 600 seconds."), (500, "InternalError", "Retry after 600 seconds."),
        (403, "AccessDenied", "Retry after 600 seconds. Check that the credentials"),
    ])
    func `the advice contains the delay that the server asks for`(_ status: Int, _ code: String, _ advice: String)
        throws
    {
        let error = try error(status, "<Error><Code>\(code)</Code></Error>", [("Retry-After", "600")])
        #expect(error.advice?.hasPrefix(advice) == true && error.description.contains(advice))
        #expect(try self.error(429, "", [("retry-after", "0")]).advice?.hasPrefix("Retry after a delay.") == true)
    }

    @Test(arguments: ["AuthorizationHeaderMalformed", "InvalidRegionName", "PermanentRedirect"])
    func `the advice about a wrong region names the region`(_ code: String) throws {
        let error = try error(400, "<Error><Code>\(code)</Code><Message>expecting 'auto'</Message></Error>")
        #expect(error.advice?.contains("region") == true && !error.isRetryable)
    }

    @Test func `signed data that a server repeats is dropped`() throws {
        let body = """
            <Error xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Code>SignatureDoesNotMatch</Code><Message>m</Message>
            <StringToSign>AWS4-HMAC-SHA256 hidden-1</StringToSign><SignatureProvided>hidden-2</SignatureProvided>
            <CanonicalRequest>GET\n/media hidden-3</CanonicalRequest><AWSAccessKeyId>AKID</AWSAccessKeyId></Error>
            """
        let error = try error(403, body)
        #expect(error.code == .signatureDoesNotMatch && error.advice?.contains("secret access key") == true)
        #expect(!Fixture.everythingPrinted(of: error).contains("hidden"))
        let response = try Sample.response(403, body: body)
        #expect(!Fixture.everythingPrinted(of: response).contains("hidden"))
    }

    @Test(arguments: [
        (304, "NotModified", false), (400, "BadRequest", false), (401, "Unauthorized", false),
        (403, "AccessDenied", false), (404, "NoSuchKey", false), (405, "MethodNotAllowed", false),
        (408, "RequestTimeout", true), (409, "OperationAborted", false), (411, "MissingContentLength", false),
        (412, "PreconditionFailed", false), (413, "EntityTooLarge", false), (416, "InvalidRange", false),
        (429, "TooManyRequests", true), (500, "InternalError", true), (501, "NotImplemented", false),
        (502, "ServiceUnavailable", true), (503, "ServiceUnavailable", true), (520, "ServiceUnavailable", true),
        (301, "InvalidResponse", false), (418, "InvalidResponse", false), (600, "InvalidResponse", false),
    ])
    func `the status determines the code if the body has no error`(
        _ status: Int, _ code: String, _ isRetryable: Bool
    ) throws {
        for body in [
            "", "<html><body>Bad gateway</body></html>", "<Error><Code>NoSuchUpload", "<Error></Error>",
            "<Error><Code></Code><Message></Message></Error>", "<Error><Code>A</Code></Error>garbage",
        ] {
            let response = try Sample.response(status, body: body)
            let error = try r2Error { _ = try HeadObject(Sample.key()).output(from: response) }
            #expect(error.code.rawValue == code && error.status == status && error.isRetryable == isRetryable)
            #expect(!error.message.isEmpty)
        }
        #expect(try r2Error { _ = try HeadBucket().output(from: Sample.response(404)) }.code == .noSuchBucket)
    }

    @Test(arguments: [
        (503, "SlowDown", true), (200, "InternalError", true), (400, "ExpiredRequest", false),
        (403, "ExpiredRequest", false), (403, "RequestTimeTooSkewed", false), (400, "EntityTooSmall", false),
        (404, "NoSuchUpload", false), (429, "TooMuchConcurrency", true), (500, "Unheard", true),
        (400, "Unheard", false), (501, "NotImplemented", false), (400, "RequestTimeout", true),
    ])
    func `code and status determine whether an error is retryable`(
        _ status: Int, _ code: String, _ isRetryable: Bool
    ) throws {
        #expect(R2Error(R2Error.Code(code), "m", status: status).isRetryable == isRetryable)
    }

    @Test func `the set of codes is open and includes errors of the client`() {
        #expect(R2Error(.connectionFailed, "refused").isRetryable && R2Error(.timedOut, "10 s").isRetryable)
        #expect(!R2Error(.cancelled, "the task was cancelled", status: 500).isRetryable)
        #expect(
            R2Error(R2Error.Code("NoSuchUpload"), "").isNotFound
                && R2Error(R2Error.Code("Other"), "", status: 404).isNotFound)
        #expect(R2Error(R2Error.Code("Other"), "", status: 412).isPreconditionFailed)
        #expect(
            R2Error(.connectionFailed, "refused").description
                == "ConnectionFailed: refused. Retry after a delay.")
    }

    @Test func `a response with status 200 and an error in its body is an error`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key())
        let body = "\n  <Error><Code>InternalError</Code><Message>We encountered an error</Message></Error>"
        let operations: [any R2Operation] = [
            CompleteMultipartUpload(id, key: key, parts: []), CopyObject(CopySource(key), to: key),
            UploadPartCopy(1, of: id, key: key, from: CopySource(key)), DeleteObjects([key]),
            CreateMultipartUpload(key), ListObjectsV2(),
        ]
        for operation in operations {
            let error = try r2Error { _ = try operation.output(from: Sample.response(200, body: body)) }
            #expect(error.code == .internalError && error.status == 200 && error.isRetryable)
            #expect(error.message == "We encountered an error")
        }
        let unknown = try r2Error {
            _ = try operations[0].output(from: Sample.response(200, body: "<Error><Code/></Error>"))
        }
        #expect(unknown.code == .invalidResponse && unknown.status == 200)
    }

    @Test(arguments: ["", " \n", "<CopyObjectResult>", "<?xml version=\"1.0\"?>"])
    func `a truncated response with status 200 is a retryable error`(_ body: String) throws {
        let key = try Sample.key()
        let error = try r2Error {
            _ = try CopyObject(CopySource(key), to: key).output(from: Sample.response(200, body: body))
        }
        #expect(error.code == .incompleteResponse && error.isRetryable)
    }
}
