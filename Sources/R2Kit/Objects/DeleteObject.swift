internal import Crypto
internal import HTTPTypes
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An operation that deletes an object.
///
/// It succeeds even if the object doesn't exist.
public struct DeleteObject: R2Operation {
    /// No output.
    public typealias Output = Void

    /// `DeleteObject`.
    public static let name = "DeleteObject"

    /// The object's key.
    public var key: ObjectKey

    /// Creates the operation.
    /// - Parameter key: The object's key.
    public init(_ key: ObjectKey) { self.key = key }

    /// The object.
    public var subject: ObjectKey? { key }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, key: key)
    }

    /// See ``R2Operation/output(from:)``.
    ///
    /// R2 responds with 204 whether the object existed or not. Other servers report `NoSuchKey` if it didn't. A 404
    /// without that code can mean that the bucket doesn't exist.
    public func output(from response: R2Response) throws(R2Error) {
        if response.status == 404, let error = try? ErrorDocument(response.body),
            error.code == R2Error.Code.noSuchKey.rawValue
        {
            return
        }
        try checkStatus(of: response, [200, 204])
    }
}

/// An operation that deletes up to 1,000 objects.
///
/// Objects that don't exist count as deleted.
///
/// A successful response reports a result for each key: check ``Output/failures``.
public struct DeleteObjects: R2Operation {
    /// The results for the keys.
    public struct Output: Sendable, Hashable {
        /// The keys whose objects have been deleted or didn't exist.
        public let deleted: [ObjectKey]
        /// The errors of the keys whose objects couldn't be deleted.
        public let failures: [R2Error]
        /// The keys that the response doesn't mention, so that their result is unknown.
        public let unconfirmed: [ObjectKey]
    }

    /// `DeleteObjects`.
    public static let name = "DeleteObjects"
    /// 8 MiB: a thousand of the longest keys, escaped.
    public static let maximumResponseLength = 8 * 1024 * 1024
    /// `true`: the body reports failures.
    public static let mayFailWithSuccessStatus = true
    /// The maximum number of keys in one request.
    public static let maximumCount = 1000

    /// The objects' keys.
    public var keys: [ObjectKey]

    /// Creates the operation.
    /// - Parameter keys: The objects' keys, from 1 to 1,000.
    public init(_ keys: [ObjectKey]) { self.keys = keys }

    /// See ``R2Operation/request()``.
    ///
    /// The request has a `content-md5` header, which some S3 servers require.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        guard (1...Self.maximumCount).contains(keys.count) else {
            throw R2ValidationError(
                .invalidCount, "Invalid number of keys: expected 1 to \(Self.maximumCount), not \(keys.count).")
        }
        for key in keys where !XMLWriter.canHold(key.rawValue) {
            throw R2ValidationError(
                .invalidObjectKey, "Invalid key: XML can't represent its control characters. Use DeleteObject instead.")
        }
        let body = XMLWriter.document("Delete") { delete in
            for key in keys { delete.element("Object") { $0.element("Key", key.rawValue) } }
        }
        var request = R2OperationRequest(method: .post, query: [QueryParameter(name: "delete", value: "")], xml: body)
        request.headerFields[named: "content-md5"] = Data(Insecure.MD5.hash(data: body)).base64EncodedString()
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let entries = try parse(response, root: ["DeleteResult"], Entry.all)
        var deleted: [ObjectKey] = []
        var failures: [R2Error] = []
        for entry in entries {
            guard let name = entry.key else { continue }
            guard let key = try? ObjectKey(unchecked: name) else {
                throw invalid(response, "Invalid key in the response: it is empty or too long.")
            }
            if let error = entry.error {
                failures.append(failure(error, of: key, in: response))
            } else {
                deleted.append(key)
            }
        }
        // R2 stores keys in NFC, and may return another spelling than the requested one.
        let known = Set((deleted + failures.compactMap(\.key)).map(Self.normalized))
        var unconfirmed = keys.filter { !known.contains(Self.normalized($0)) }
        // Some servers omit the keys. If the counts match, each key that isn't mentioned has been deleted.
        let unnamed = entries.count { $0.key == nil }
        if unnamed > 0 {
            guard unnamed == unconfirmed.count else {
                throw invalid(
                    response,
                    "Unclear result: the response has \(unnamed) deletions without a key, "
                        + "but \(unconfirmed.count) keys are unconfirmed.")
            }
            deleted += unconfirmed
            unconfirmed = []
        }
        return Output(deleted: deleted, failures: failures, unconfirmed: unconfirmed)
    }

    private static func normalized(_ key: ObjectKey) -> [UInt8] { Array(Normalization.nfc(key.rawValue).utf8) }

    private func failure(_ error: ErrorDocument, of key: ObjectKey, in response: R2Response) -> R2Error {
        var failure = R2Error(
            R2Error.Code(error.code ?? "InternalError"), error.message ?? "The object wasn't deleted.",
            response: response, operation: self)
        // The response's status isn't this object's.
        failure.status = nil
        failure.key = key
        return failure
    }
}

extension DeleteObjects {
    /// A `Deleted` or `Error` element.
    private struct Entry {
        /// The deleted key.
        ///
        /// An error always has one.
        let key: String?
        let error: ErrorDocument?

        static func all(_ scanner: inout XMLScanner) throws(XMLError) -> [Entry] {
            var entries: [Entry] = []
            while let name = try scanner.nextChild() {
                switch name {
                case "Deleted": entries.append(try Entry(&scanner, isError: false))
                case "Error": entries.append(try Entry(&scanner, isError: true))
                default: try scanner.skip()
                }
            }
            return entries
        }

        init(_ scanner: inout XMLScanner, isError: Bool) throws(XMLError) {
            var key: String?
            var error = ErrorDocument()
            while let name = try scanner.nextChild() {
                switch name {
                case "Key": try scanner.read(&key)
                case "Code" where isError: try scanner.read(&error.code)
                case "Message" where isError: try scanner.read(&error.message)
                default: try scanner.skip()
                }
            }
            error.removeEmptyValues()
            self.key = isError ? try scanner.required(key, "Key") : key
            self.error = isError ? error : nil
        }
    }
}
