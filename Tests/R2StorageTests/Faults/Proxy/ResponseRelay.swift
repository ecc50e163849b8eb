#if Storage
import NIOCore
import Synchronization

/// The observed part of a server's response.
final class ObservedResponse: Sendable {
    private let state = Mutex<(status: Int?, isPassedOn: Bool)>((nil, false))

    var status: Int? {
        get { state.withLock { $0.status } }
        set { state.withLock { $0.status = newValue } }
    }

    var isPassedOn: Bool {
        get { state.withLock { $0.isPassedOn } }
        set { state.withLock { $0.isPassedOn = newValue } }
    }
}

/// A relay of one response from the server to the client.
struct ResponseRelay: Sendable {
    let request: S3Request
    let fault: Fault
    let client: ProxyConnection.Writer
    let observed: ObservedResponse

    /// Passes the response on.
    /// - Returns: A Boolean value that indicates whether the client's connection can carry another request.
    func run(_ responses: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> Bool {
        var reader = MessageReader(responses)
        guard let bytes = try await reader.head(), var head = Head(bytes) else { return false }
        observed.status = head.status
        try await fault.strike(.beforeResponse)
        if fault == .errorInSuccess(isDone: true) {
            while try await reader.piece() != nil {}
            try await client.write(ProxyResponse.errorInSuccess)
            return true
        }
        let hasBody = request.method != "HEAD" && head.status != 204 && head.status != 304
        let length = hasBody ? head.length : 0
        if case .wrongLength(let difference) = fault, hasBody, let length {
            head.length = max(0, length + difference)
        }
        let text = head.bytes
        if case .at(.inResponseHead(let fraction), _) = fault {
            try await client.write(ByteBuffer(bytes: text[..<Int(fraction * Double(text.count))]))
            try await fault.strike { if case .inResponseHead = $0 { true } else { false } }
            try await client.write(ByteBuffer(bytes: text[Int(fraction * Double(text.count))...]))
        } else if fault == .duplicateResponse, let length, length <= 16_384 {
            return try await duplicate(text, &reader)
        } else {
            try await client.write(ByteBuffer(bytes: text))
        }
        let passed = try await passBody(of: length, &reader)
        guard length == nil || length == passed else { return false }
        observed.isPassedOn = true
        try await fault.strike(.afterResponse)
        // The client waits for more after a body that is too short.
        if case .wrongLength = fault, hasBody { return false }
        return length != nil || head.isChunked
    }

    private func duplicate(_ head: [UInt8], _ reader: inout MessageReader) async throws -> Bool {
        var whole = ByteBuffer(bytes: head)
        while var piece = try await reader.piece() { whole.writeBuffer(&piece) }
        try await client.write(ByteBuffer(bytes: Array(whole.readableBytesView) + Array(whole.readableBytesView)))
        observed.isPassedOn = true
        return true
    }

    /// Passes on a body until the server's connection ends.
    private func passBody(of length: Int?, _ reader: inout MessageReader) async throws -> Int {
        var passed = 0
        let cut: Int? =
            if case .at(.inResponseBody(let fraction), _) = fault { Int(fraction * Double(length ?? 1)) } else { nil }
        let step = fault == .drip ? max(1, (length ?? 1000) / 20) : .max
        func strikeIfDue() async throws {
            guard let cut, passed >= cut else { return }
            try await fault.strike { if case .inResponseBody = $0 { true } else { false } }
        }
        try await strikeIfDue()
        while let piece = try await reader.piece(
            atMost: cut.map { $0 > passed ? min(step, $0 - passed) : step } ?? step)
        {
            try await client.write(piece)
            passed += piece.readableBytes
            try await strikeIfDue()
            if fault == .drip { try await Task.sleep(for: .milliseconds(1)) }
        }
        return passed
    }

    /// The head of a response.
    private struct Head {
        let status: Int
        private let lines: [Substring]
        var length: Int?

        init?(_ bytes: [UInt8]) {
            let all = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
            guard let words = all.first?.split(separator: " "), words.count >= 2, let status = Int(words[1]) else {
                return nil
            }
            self.status = status
            // The proxy manages the client's connection itself.
            lines = all.filter {
                !$0.lowercased().hasPrefix("connection:") && !$0.lowercased().hasPrefix("content-length:")
            }
            length = all.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        }

        var isChunked: Bool { lines.contains { $0.lowercased().hasPrefix("transfer-encoding:") } }

        var bytes: [UInt8] {
            let fields = lines + (length.map { ["content-length: \($0)"] } ?? [])
            return Array((fields.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        }
    }
}
#endif
