#if Emulator
internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The page at `/` in a browser: buckets, objects, and the latest requests with the reason of each refusal.
///
/// It shows what the request log and the index have, and so no secret, signature, token or body.
struct BrowserPage {
    /// The maximum number of objects of a bucket, and of requests.
    private static let maximumRows = 100

    let store: ObjectStore
    let log: R2Emulator.RequestLog

    /// Returns a Boolean value that indicates whether a request is a browser's request for the page.
    ///
    /// A request with a signature is one for `ListBuckets`. A host with a name isn't this machine's address: a page of
    /// another site, whose name leads here, must not read this one.
    static func isRequested(_ request: EmulatorRequest, basePath: String) -> Bool {
        guard request.method == "GET", ["/", basePath, "\(basePath)/"].contains(request.rawPath),
            request.rawQuery == nil, !Authenticator.isSigned(request), isAddress(request.header("host") ?? "")
        else { return false }
        return (request.header("accept") ?? "").split(separator: ",").contains { range in
            range.split(separator: ";").first.map { String($0).trimmed.lowercased() } == "text/html"
        }
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let name = host.prefix { $0 != ":" }
        return name.lowercased() == "localhost" || name.utf8.allSatisfy("0123456789.".utf8.contains)
    }

    /// The response.
    var response: EmulatorResponse {
        let style = Data(SHA256.hash(data: Data("\(Self.style)".utf8))).base64EncodedString()
        return EmulatorResponse(
            headers: [
                ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'sha256-\(style)'; base-uri 'none'; form-action 'none'; "
                        + "frame-ancestors 'none'"
                ),
                ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
            ], body: .bytes(Array(markup.utf8)))
    }

    private static let style: StaticString = """
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; max-width: 75rem; color-scheme: light dark }
        table { border-collapse: collapse; margin: .5rem 0 1.5rem }
        th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0 }
        td { max-width: 34rem; overflow-wrap: break-word }
        td p { margin: 0 }
        th { border-bottom: 1px solid #8888 }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid #8888; padding-left: .75rem }
        summary { cursor: pointer }
        """

    private var markup: String {
        var html = HTMLWriter()
        html.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        html.write("<meta name=\"viewport\" content=\"width=device-width\">\n<title>R2 emulator</title>\n")
        html.element("style") { $0.write(Self.style) }
        html.write("</head>\n<body>\n<h1>R2 emulator</h1>\n")
        for (name, created) in store.allBuckets() { write(name, created, &html) }
        writeRequests(&html)
        html.write("</body>\n</html>\n")
        return html.markup
    }

    // MARK: Buckets

    private func write(_ bucket: String, _ created: Date, _ html: inout HTMLWriter) {
        // The bucket may have been deleted since it was listed.
        guard let (records, count, uploads) = try? objects(in: bucket) else { return }
        html.element("h2", "Bucket \(bucket)")
        html.element(
            "p",
            "Created \(Timestamp.iso(created)). Objects: \(count). Unfinished uploads: \(uploads)."
                + (records.count < count ? " These are the first \(records.count) objects." : ""))
        guard !records.isEmpty else { return }
        html.element("table") { table in
            table.row(["Key", "Bytes", "Content type", "Stored", "ETag"], of: "th")
            for record in records {
                let type = record.properties.headers["content-type"] ?? ""
                table.row([record.key, String(record.length), type, Timestamp.iso(record.modified), record.etag])
            }
        }
    }

    private func objects(in bucket: String) throws(Refusal) -> (records: [ObjectRecord], count: Int, uploads: Int) {
        try store.read(bucket) { bucket in
            var records: [ObjectRecord] = []
            for key in bucket.objects.keys.prefix(Self.maximumRows) {
                if let record = bucket.objects[key] { records.append(record) }
            }
            return (records, bucket.objects.count, bucket.uploads.count)
        }
    }

    // MARK: Requests

    private func writeRequests(_ html: inout HTMLWriter) {
        html.element("h2", "Latest requests")
        html.element(
            "p",
            "The newest is first. For a signature that doesn't match, open the reason and compare the canonical "
                + "request with the one that your client signs, line by line: the first line that differs is the "
                + "mistake.")
        html.element("table") { table in
            table.row(["No.", "Time", "Request", "Operation", "Status", "Reason"], of: "th")
            for request in log.requests.suffix(Self.maximumRows).reversed() { write(request, &table) }
        }
    }

    private func write(_ request: R2Emulator.LoggedRequest, _ table: inout HTMLWriter) {
        table.element("tr") { row in
            row.element("td", String(request.number))
            row.element("td", Timestamp.iso(request.date))
            row.element("td", "\(request.method) \(request.path)")
            row.element("td", request.operation ?? "")
            row.element("td", request.status == 0 ? "closed" : String(request.status))
            row.element("td") { cell in writeReason(of: request, &cell) }
        }
    }

    private func writeReason(of request: R2Emulator.LoggedRequest, _ cell: inout HTMLWriter) {
        if request.hadFault { cell.element("p", "A fault was injected.") }
        guard let code = request.code else { return }
        let summary = "\(code): \(request.message ?? "")"
        guard let explanation = request.explanation else { return cell.element("p", summary) }
        cell.element("details") { details in
            details.element("summary", summary)
            details.element("pre", explanation)
        }
    }
}
#endif
