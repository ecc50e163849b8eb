internal import Crypto
internal import HTTPTypes

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Deletes up to 1,000 objects; that there is none under a key is no error.
///
/// A success says what became of each key: look at ``Output/failures``.
public struct DeleteObjects: R2Operation {
    /// What became of the keys.
    public struct Output: Sendable, Hashable {
        /// The keys under which there is nothing any more.
        public let deleted: [ObjectKey]
        /// The keys that could not be deleted, and why.
        public let failures: [R2Error]
        /// The keys that the answer does not speak of: nothing is known of them.
        public let unconfirmed: [ObjectKey]
    }

    /// `DeleteObjects`.
    public static let name = "DeleteObjects"
    /// 8 MiB: a thousand of the longest keys, escaped.
    public static let maximumResponseLength = 8 * 1024 * 1024
    /// The body tells whether it was one.
    public static let mayFailWithSuccessStatus = true
    /// The most keys of one request.
    public static let maximumCount = 1000

    /// The objects.
    public var keys: [ObjectKey]

    /// Describes the operation.
    public init(_ keys: [ObjectKey]) { self.keys = keys }

    /// The request to sign and send.
    ///
    /// It carries `content-md5`, without which some S3 servers refuse it.
    public func request() throws(R2KitError) -> R2OperationRequest {
        guard (1...Self.maximumCount).contains(keys.count) else {
            throw R2KitError(.invalidCount, "one request deletes 1 to 1000 objects, not \(keys.count)")
        }
        for key in keys where !XMLWriter.canHold(key.rawValue) {
            throw R2KitError(
                .invalidObjectKey, "XML cannot hold one of the keys, which has a control character: use DeleteObject")
        }
        let body = XMLWriter.document("Delete") { delete in
            for key in keys { delete.element("Object") { $0.element("Key", key.rawValue) } }
        }
        var request = R2OperationRequest(method: .post, query: [.init("delete")], body: .bytes(body))
        request.headerFields[.contentType] = "application/xml"
        request.headerFields[named: "content-md5"] = Data(Insecure.MD5.hash(data: body)).base64EncodedString()
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        let entries = try parse(response, root: ["DeleteResult"], Entry.all)
        var deleted: [ObjectKey] = []
        var failures: [R2Error] = []
        for entry in entries {
            guard let name = entry.key else { continue }
            guard let key = try? ObjectKey(unchecked: name) else {
                throw invalid(response, "a key is empty or too long")
            }
            if let error = entry.error {
                failures.append(
                    R2Error(
                        .init(error.code ?? "InternalError"), error.message ?? "the object was not deleted",
                        status: nil, operation: Self.name, key: key,
                        requestID: response.headerFields[named: "x-amz-request-id"],
                        cfRay: response.headerFields[named: "cf-ray"]))
            } else {
                deleted.append(key)
            }
        }
        // R2 keeps keys composed, and may answer another spelling than it was asked about.
        let known = Set((deleted + failures.compactMap(\.key)).map { Array(ObjectKey.composed($0.rawValue).utf8) })
        var unconfirmed = keys.filter { !known.contains(Array(ObjectKey.composed($0.rawValue).utf8)) }
        // Some servers name no keys: then each of the others has been deleted if there are as many.
        let unnamed = entries.count { $0.key == nil }
        if unnamed > 0 {
            guard unnamed == unconfirmed.count else {
                throw invalid(response, "\(unnamed) deletions name no key, of \(unconfirmed.count) that are not named")
            }
            deleted += unconfirmed
            unconfirmed = []
        }
        return Output(deleted: deleted, failures: failures, unconfirmed: unconfirmed)
    }
}

extension DeleteObjects {
    /// A `Deleted` or `Error` element.
    private struct Entry {
        /// What is deleted; an error always says of what.
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
            if error.code?.isEmpty == true { error.code = nil }
            if error.message?.isEmpty == true { error.message = nil }
            self.key = isError ? try scanner.required(key, "Key") : key
            self.error = isError ? error : nil
        }
    }
}
