internal import HTTPTypes

/// Deletes an object; that there is none is no error.
public struct DeleteObject: R2Operation {
    /// Nothing.
    public typealias Output = Void

    /// `DeleteObject`.
    public static let name = "DeleteObject"

    /// The object.
    public var key: ObjectKey

    /// Describes the operation.
    public init(_ key: ObjectKey) { self.key = key }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, key: key)
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
