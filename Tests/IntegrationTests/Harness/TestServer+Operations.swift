import Foundation
import HTTPTypes
import R2Kit
import TestSupport

extension TestServer {
    /// Signs an operation's request, sends it, and lets the operation read the answer.
    func send<Operation: R2Operation>(_ operation: Operation, body: Body? = nil) async throws -> Operation.Output {
        try await exchange(operation, body: body).output
    }

    /// The same, with the answer's body, for reading objects.
    func exchange<Operation: R2Operation>(
        _ operation: Operation, body: Body? = nil
    ) async throws -> (output: Operation.Output, body: Body) {
        let signed = try R2RequestSigner(try config).sign(operation.request())
        var message = Message(method: signed.request.method.rawValue, url: signed.url)
        // The length is left to curl, which counts the body: it is signed, so that both must agree.
        for field in signed.request.headerFields where field.name != .contentLength {
            message.headers.append((field.name.canonicalName, field.value))
        }
        switch signed.body {
        case .empty: message.body = signed.request.method == .post ? Body([]) : nil
        case .bytes(let bytes): message.body = Body(bytes)
        case .provided: message.body = body
        }
        let answer = try await message.send()
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let bytes = Operation.streamsResponse && answer.isSuccess ? [] : answer.body.bytes
        let response = R2Response(status: answer.status, headerFields: headers, body: bytes)
        return (try operation.output(from: response), answer.body)
    }

    /// The error that an operation is answered with.
    func error(of operation: some R2Operation, body: Body? = nil) async throws -> R2Error {
        do {
            _ = try await send(operation, body: body)
        } catch let error as R2Error {
            return error
        }
        throw TestSupportError("\(type(of: operation).name) should have failed")
    }
}
