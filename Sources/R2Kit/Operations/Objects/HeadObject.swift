internal import HTTPTypes

/// Asks about an object, without its content.
///
/// An answer has no body, so that an error is known by its status alone: 404 may also mean that there is no such bucket.
public struct HeadObject: R2Operation {
    /// What is told of the object.
    public typealias Output = ObjectHead

    /// `HeadObject`.
    public static let name = "HeadObject"

    /// The object.
    public var key: ObjectKey
    /// What must hold of it.
    public var conditions: ObjectConditions
    /// The part to ask about, from 1 to 10,000; the whole object if `nil`.
    public var partNumber: Int?
    /// The key that the object is encrypted with, if it was brought along.
    public var customerKey: CustomerKey?

    /// Describes the operation.
    public init(
        _ key: ObjectKey, conditions: ObjectConditions = .none, partNumber: Int? = nil, customerKey: CustomerKey? = nil
    ) {
        self.key = key
        self.conditions = conditions
        self.partNumber = partNumber
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .head, key: key)
        try conditions.apply(to: &request.headerFields)
        if let partNumber { request.query.append(try .partNumber(partNumber)) }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> ObjectHead {
        try checkStatus(of: response, partNumber == nil ? [200] : [200, 206])
        return try ObjectHead(response, of: self)
    }
}

extension R2OperationRequest.Parameter {
    static func partNumber(_ number: Int) throws(R2KitError) -> Self {
        guard PartPlan.numbers.contains(number) else {
            throw R2KitError(.invalidPartNumber, "parts are numbered from 1 to 10000; there is no part \(number)")
        }
        return Self("partNumber", String(number))
    }
}
