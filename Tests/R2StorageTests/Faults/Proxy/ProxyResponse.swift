#if Storage
import NIOCore

/// Responses from the proxy instead of the server.
enum ProxyResponse {
    static func refusal(_ status: Int, _ retryAfter: Int?, to request: S3Request, closes: Bool) -> ByteBuffer {
        let code = [429: "TooManyRequests", 503: "SlowDown", 500: "InternalError"][status] ?? "BadGateway"
        var fields = retryAfter.map { "retry-after: \($0)\r\n" } ?? ""
        if closes { fields += "connection: close\r\n" }
        // A response to HEAD has no body.
        return response("\(status) Trouble", fields, request.method == "HEAD" ? nil : code)
    }

    static var errorInSuccess: ByteBuffer { response("200 OK", "", "InternalError") }

    private static func response(_ status: String, _ fields: String, _ code: String?) -> ByteBuffer {
        let body = code.map { "<?xml version=\"1.0\"?><Error><Code>\($0)</Code><Message>Try later.</Message></Error>" }
        return ByteBuffer(
            string: "HTTP/1.1 \(status)\r\ncontent-type: application/xml\r\n\(fields)"
                + "content-length: \(body?.utf8.count ?? 0)\r\n\r\n\(body ?? "")")
    }
}
#endif
