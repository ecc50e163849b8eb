import Foundation
import TestSupport

extension Message {
    private static let limiter = ConcurrencyLimiter(limit: 4)

    /// Sends the request with `curl`, without changing its URL.
    func send() async throws -> ReceivedResponse {
        try await Self.limiter.run { try await sendNow() }
    }

    private func sendNow() async throws -> ReceivedResponse {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (headerFile, bodyFile) = (scratch.path("headers"), scratch.path("body"))
        var arguments = [
            "--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--http1.1", "--globoff",
            "--path-as-is", "--dump-header", headerFile, "--output", bodyFile, "--header", "Expect:",
        ]
        arguments += try bodyArguments(scratch)
        for (name, value) in headers { arguments += ["--header", "\(name): \(value)"] }
        arguments += ["--url", url]
        let outcome = try await RunningProgram.run("curl", arguments)
        guard outcome.status == 0 else {
            throw TestSupportError("curl failed with status \(outcome.status): \(outcome.errors)")
        }
        let body = method == "HEAD" ? Data() : FileManager.default.contents(atPath: bodyFile) ?? Data()
        return try ReceivedResponse(
            headerText: String(contentsOfFile: headerFile, encoding: .isoLatin1), body: Body(body))
    }

    private func bodyArguments(_ scratch: Scratch) throws -> [String] {
        if method == "HEAD" { return ["--head"] }
        guard let body = body ?? (method == "PUT" ? Body([]) : nil) else { return ["--request", method] }
        let file = scratch.path("upload")
        try Data(body.bytes).write(to: URL(fileURLWithPath: file))
        // Not `--upload-file`, which appends the file's name to a path that ends with a slash or a dot segment.
        // `--data-binary` sends a default type unless the header is removed.
        let type = headers.contains { $0.name == "content-type" } ? [] : ["--header", "Content-Type:"]
        return ["--request", method, "--data-binary", "@\(file)"] + type
    }
}

extension ReceivedResponse {
    /// Reads the response headers that curl wrote.
    init(headerText: String, body: Body) throws {
        let lines = headerText.split(whereSeparator: \.isNewline)
        // Such as `HTTP/1.1 200 OK`.
        let statusLine = lines.first?.split(separator: " ") ?? []
        guard statusLine.count >= 2, let status = Int(statusLine[1]) else {
            throw TestSupportError("Not an HTTP response: \(headerText)")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        self.init(status: status, headers: headers, body: body)
    }
}
