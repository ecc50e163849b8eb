import SigV4
import Testing

@Suite("AWS's signing test suite")
struct SigningSuiteTests {
    @Test func `all 38 cases are there`() {
        #expect(SuiteCase.all.count == 38)
    }

    @Test(arguments: SuiteCase.all)
    func `the header form agrees at every step`(_ expected: SuiteCase) throws {
        let signed = try expected.signer.sign(expected.request, payload: expected.payload, at: SuiteCase.time)
        #expect(signed.signature.canonicalRequest.text == expected.header.canonicalRequest)
        #expect(signed.signature.stringToSign.text == expected.header.stringToSign)
        #expect(signed.signature.hex == expected.header.signature)
        #expect(signed.headers.first { $0.name == "authorization" }?.value == expected.header.authorization)
        #expect(signed.headers.contains { $0.name == "x-amz-security-token" } == (expected.sessionToken != nil))
    }

    @Test(arguments: SuiteCase.all)
    func `the query form agrees at every step`(_ expected: SuiteCase) throws {
        let signed = try expected.signer.presign(
            expected.request, payload: expected.payload, expiresIn: .seconds(3600), at: SuiteCase.time)
        #expect(signed.signature.canonicalRequest.text == expected.queryForm.canonicalRequest)
        #expect(signed.signature.stringToSign.text == expected.queryForm.stringToSign)
        #expect(signed.signature.hex == expected.queryForm.signature)
        #expect(signed.query.contains("&X-Amz-Signature=\(expected.queryForm.signature)"))
        #expect(signed.query.contains("X-Amz-Security-Token=") == (expected.sessionToken != nil))
    }
}
