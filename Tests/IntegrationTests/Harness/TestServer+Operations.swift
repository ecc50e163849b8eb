import Foundation
import HTTPTypes
import R2Kit
import TestSupport

extension TestServer {
    /// Signs an operation's request, sends it, and returns the operation's output.
    func send<Operation: R2Operation>(_ operation: Operation, body: Body? = nil) async throws -> Operation.Output {
        try await exchange(operation, body: body).output
    }

    /// Signs and sends an operation's request, and returns the operation's output with the response's body.
    func exchange<Operation: R2Operation>(
        _ operation: Operation, body: Body? = nil
    ) async throws -> (output: Operation.Output, body: Body) {
        let signed = try R2RequestSigner(try config).sign(operation.request())
        var message = Message(method: signed.request.method.rawValue, url: signed.url)
        // curl sets the length from the body. The length is signed, so both must match.
        for field in signed.request.headerFields where field.name != .contentLength {
            message.headers.append((field.name.canonicalName, field.value))
        }
        switch signed.body {
        case .empty: message.body = signed.request.method == .post ? Body([]) : nil
        case .bytes(let bytes): message.body = Body(bytes)
        case .provided: message.body = body
        }
        let received = try await message.send()
        var headers = HTTPFields()
        for (name, value) in received.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let bytes = Operation.streamsResponse && received.isSuccess ? [] : received.body.bytes
        let response = R2Response(status: received.status, headerFields: headers, body: bytes)
        return (try operation.output(from: response), received.body)
    }

    /// Returns the error that an operation fails with.
    func error(of operation: some R2Operation, body: Body? = nil) async throws -> R2Error {
        do {
            _ = try await send(operation, body: body)
        } catch let error as R2Error {
            return error
        }
        throw TestSupportError("\(type(of: operation).name) should have failed")
    }
}
