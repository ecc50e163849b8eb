import SigV4
import Testing

/// The worked examples of the Amazon S3 API reference ("Authenticating Requests: Using the Authorization Header" and
/// "… Using Query Parameters"), all for 2013-05-24T00:00:00Z.
@Suite("The examples of S3's documentation")
struct S3ExampleTests {
    let signer = Signer(
        credentials: SigningCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", service: "s3", rules: .s3)
    let host = SignableRequest.Header("Host", "examplebucket.s3.amazonaws.com")

    var time: SigningTime { get throws { try SigningTime(secondsSinceEpoch: 1_369_353_600) } }

    @Test func `a presigned GET`() throws {
        let request = SignableRequest(method: "GET", path: "/test.txt", headers: [host])
        let signed = try signer.presign(request, expiresIn: .seconds(86_400), at: time)
        #expect(signed.signature.hex == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
        #expect(
            signed.query == """
                X-Amz-Algorithm=AWS4-HMAC-SHA256\
                &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
                &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404
                """)
    }

    @Test func `a GET of a range`() throws {
        let request = SignableRequest(
            method: "GET", path: "/test.txt", headers: [host, .init("Range", "bytes=0-9")])
        let signed = try signer.sign(request, payload: .empty, at: time)
        #expect(signed.signature.hex == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func `a PUT with a signed body`() throws {
        let request = SignableRequest(
            method: "PUT", path: PercentEncoding.encodePath("/test$file.text"),
            headers: [
                host, .init("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                .init("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ])
        let signed = try signer.sign(request, payload: .bytes("Welcome to Amazon S3.".utf8), at: time)
        #expect(signed.signature.hex == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        #expect(
            signed.headers.contains(
                .init("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")))
    }

    @Test func `a parameter without a value`() throws {
        let request = SignableRequest(method: "GET", path: "/", query: [.init("lifecycle", "")], headers: [host])
        let signed = try signer.sign(request, payload: .empty, at: time)
        #expect(signed.signature.hex == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func `a listing`() throws {
        let request = SignableRequest(
            method: "GET", path: "/", query: [.init("prefix", "J"), .init("max-keys", "2")], headers: [host])
        let signed = try signer.sign(request, payload: .empty, at: time)
        #expect(signed.signature.hex == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }
}
