#if Delivery
internal import HTTPTypes
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The media type that the body of a request must have.
enum BodyType: Sendable {
    /// JSON.
    case json
    /// Any type except those that forms have. The body isn't decoded.
    case notForm

    private static let jsonTypes = ["application/json", "application/merge-patch+json"]
    private static let formTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]

    /// Checks a media type.
    ///
    /// It is required even without a body: a form on another page can send a request without a preflight, but not with
    /// another type than those of forms.
    func check(_ type: String) throws(EndpointProblem) {
        switch self {
        case .json:
            guard !Self.jsonTypes.contains(type) else { return }
            throw EndpointProblem(
                .unsupportedMediaType,
                "Unsupported media type: send the header Content-Type: application/json, also without a body.")
        case .notForm:
            guard type.isEmpty || Self.formTypes.contains(type) else { return }
            throw EndpointProblem(
                .unsupportedMediaType,
                "Unsupported media type: send the header Content-Type with the file's type or application/xml.")
        }
    }
}

/// The JSON body of a request.
struct JSONContent: Sendable {
    private var buffer = ByteBuffer()

    init() {}

    private init(_ buffer: ByteBuffer) { self.buffer = buffer }

    /// Reads a body up to a limit.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `unsupportedMediaType`, `bodyTooLarge` or `incompleteBody`.
    static func read<Body: AsyncSequence>(
        _ body: Body, _ fields: HTTPFields, as bodyType: BodyType, limit: Int
    ) async throws -> JSONContent where Body.Element == ByteBuffer {
        let type = (fields[.contentType] ?? "").prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        try bodyType.check(type)
        let coding = fields[.contentEncoding] ?? "identity"
        guard coding.lowercased() == "identity" else {
            throw EndpointProblem(
                .unsupportedMediaType, "Unsupported content encoding: send the body without compression.")
        }
        let tooLarge = EndpointProblem(.bodyTooLarge, "Body too large: expected at most \(limit) bytes.")
        let announced = fields[.contentLength].flatMap { Int64($0) } ?? 0
        guard announced <= Int64(limit) else { throw tooLarge }
        var buffer = ByteBuffer()
        do {
            for try await chunk in body {
                guard buffer.readableBytes + chunk.readableBytes <= limit else { throw tooLarge }
                buffer.writeImmutableBuffer(chunk)
            }
        } catch let error as EndpointProblem {
            throw error
        } catch {
            throw EndpointProblem(.incompleteBody, "Incomplete body: the connection ended. Repeat the request.")
        }
        return JSONContent(buffer)
    }

    /// Decodes the body, of which an empty one is an empty object.
    ///
    /// - Throws: An ``EndpointProblem`` with the code `invalidJSON` or `invalidFields`.
    func decode<Value: Decodable>(_ type: Value.Type) throws(EndpointProblem) -> Value {
        // The decoder also reads UTF-16 and UTF-32, where every document has such bytes.
        guard !buffer.readableBytesView.contains(0) else {
            throw EndpointProblem(.invalidJSON, "Invalid JSON: expected an object in UTF-8.")
        }
        let data = buffer.readableBytes == 0 ? Data("{}".utf8) : Data(buffer.readableBytesView)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw EndpointProblem(error)
        } catch let error as EndpointProblem {
            throw error
        } catch {
            throw EndpointProblem(.invalidJSON, "Invalid JSON: expected an object.")
        }
    }
}

extension EndpointProblem {
    /// Creates the problem of a body that can't be decoded.
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .invalidFields([Field(Self.path(context.codingPath + [key]), "Missing.")])
        case .typeMismatch(_, let context) where context.codingPath.isEmpty,
            .valueNotFound(_, let context) where context.codingPath.isEmpty:
            self = EndpointProblem(.invalidJSON, "Invalid JSON: expected an object.")
        case .typeMismatch(let type, let context):
            self = .invalidFields([Field(Self.path(context.codingPath), "Expected \(Self.name(of: type)).")])
        case .valueNotFound(let type, let context):
            self = .invalidFields([Field(Self.path(context.codingPath), "Expected \(Self.name(of: type)), not null.")])
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            // Messages of the decoder name Swift's types. Those of this package and of the catalog don't.
            let isOurs =
                context.debugDescription.hasPrefix("Expected ") || context.debugDescription.contains(": expected ")
            self = .invalidFields([
                Field(Self.path(context.codingPath), isOurs ? context.debugDescription : "Out of range.")
            ])
        default: self = EndpointProblem(.invalidJSON, "Invalid JSON: expected an object in UTF-8.")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        case is [String: Any].Type: "an object"
        default: "another type"
        }
    }
}
#endif
