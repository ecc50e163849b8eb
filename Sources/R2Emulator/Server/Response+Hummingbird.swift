#if Emulator
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension EmulatorRequest {
    /// Creates a request from the server's, with the target byte for byte.
    init(_ request: Request) {
        var headers = request.head.headerFields.map { (name: $0.name.rawName, value: $0.value) }
        if let host = request.head.authority { headers.insert((name: "host", value: host), at: 0) }
        self.init(method: request.method.rawValue, target: request.head.path ?? "/", headers: headers)
    }
}

extension IncomingBody {
    /// Creates a body from the server's.
    init(_ request: Request) {
        self.init(request.body, length: request.headers[.contentLength].flatMap { Int64($0) })
    }
}

extension EmulatorResponse {
    /// The largest stored body that is written together with the headers.
    private static let smallBody: Int64 = 65_536

    /// Returns the server's response.
    /// - Parameter cut: The number of bytes of the body after which the connection is closed, or `nil`.
    /// - Returns: The response.
    /// - Throws: An error if the body can't be read.
    func httpResponse(cutAfter cut: Int64? = nil) async throws -> Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            // The names are ASCII tokens. Others can't be sent.
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let hasLength = status != 204 && status != 304
        if hasLength { fields[.contentLength] = String(length) }
        var response = Response(status: .init(code: status), headers: fields, body: try await body(cutAfter: cut))
        if !hasLength { response.headers[.contentLength] = nil }
        return response
    }

    private func body(cutAfter cut: Int64?) async throws -> ResponseBody {
        switch body {
        case .empty: return cut == nil ? ResponseBody() : Self.cutBody()
        case .bytes(let bytes):
            guard let cut else { return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
            let start = bytes.prefix(Int(clamping: cut))
            return Self.cutBody(ByteBuffer(bytes: start))
        case .stored(let stored, let range):
            if cut == nil, Int64(range.count) <= Self.smallBody {
                var buffer = ByteBuffer()
                try await stored.read(range) { buffer.writeImmutableBuffer($0) }
                return ResponseBody(byteBuffer: buffer)
            }
            let sent = cut.map { range.prefix(Int(clamping: $0)) }.map { $0.startIndex..<$0.endIndex } ?? range
            return ResponseBody(contentLength: range.count) { writer in
                try await stored.read(sent) { try await writer.write($0) }
                if cut != nil { throw InjectedFault() }
                try await writer.finish(nil)
            }
        }
    }

    /// Returns a body whose writing fails, so that the server closes the connection.
    private static func cutBody(_ start: ByteBuffer = ByteBuffer()) -> ResponseBody {
        ResponseBody { writer in
            if start.readableBytes > 0 { try await writer.write(start) }
            throw InjectedFault()
        }
    }
}

/// The error of a connection that a fault closes.
struct InjectedFault: Error {}
#endif
