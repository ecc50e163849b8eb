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
    ///
    /// R2 answers 204 whether there was an object or not. Other servers say `NoSuchKey` if there was none; a 404 that does
    /// not say so may mean the bucket.
    public func output(from response: R2Response) throws(R2Error) {
        if response.status == 404, let error = try? ErrorDocument(response.body),
            error.code == R2Error.Code.noSuchKey.rawValue
        {
            return
        }
        try checkStatus(of: response, [200, 204])
    }
}
