import HTTPTypes
import R2Kit
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let key = required("a key") { try ObjectKey("a") }
private let uploadID = required("an upload id") { try UploadID("b") }

private let signer = R2RequestSigner(
    required("a configuration") {
        try R2Config(
            endpoint: R2Endpoint("http://localhost:9000"),
            credentials: R2Credentials(accessKeyID: "id", secretAccessKey: Secrets.key), bucket: BucketName("media"))
    })

/// Every operation whose response is a document.
private let readers: [any R2Operation] = [
    ListObjectsV2(), ListMultipartUploads(), ListParts(uploadID, key: key), CreateMultipartUpload(key),
    CompleteMultipartUpload(uploadID, key: key, parts: []), CopyObject(CopySource(key), to: key),
    UploadPartCopy(1, of: uploadID, key: key, from: CopySource(key)), DeleteObjects([key]), GetBucketCors(),
    GetBucketLifecycleConfiguration(),
]

private func output<Operation: R2Operation>(of operation: Operation, _ body: [UInt8]) -> Operation.Output? {
    try? operation.output(from: R2Response(status: 200, body: body))
}

/// Documents of any kind.
///
/// An accepted one is complete, and nothing follows it.
@Sendable func fuzzXML(_ input: FuzzInput) {
    for operation in readers where output(of: operation, input.bytes) != nil {
        let end = input.bytes.lastIndex(of: UInt8(ascii: ">")) ?? 0
        // A comment may follow the root element. Without its last character, the document isn't complete either.
        for cut in Set([0, end / 3, end / 2, end - 1, end]).filter({ $0 >= 0 }) {
            let start = Array(input.bytes[..<cut])
            guard output(of: operation, start) != nil else { continue }
            let rest = input.bytes[cut...]
            check(isMiscellaneous(rest), "\(type(of: operation).name) takes a document that is cut off at byte \(cut)")
        }
        for more in ["x", "<a/>", "&amp;", "<!DOCTYPE a>", "\u{0}"] {
            check(
                output(of: operation, input.bytes + Array(more.utf8)) == nil,
                "\(type(of: operation).name) takes a document that is followed by \(more)")
        }
        check(
            !input.wholeText.hasBytes("<!DOCTYPE") || input.wholeText.hasBytes("<!--")
                || input.wholeText.hasBytes("CDATA"),
            "a document type is taken")
    }
}

/// Returns whether there is only whitespace and comments, the first of which may have started before.
private func isMiscellaneous(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return bytes.allSatisfy { $0 <= 32 } || text.hasBytes("-->")
}

/// Pages of lists, with the input as the content of the root element.
///
/// An accepted page says where the next one starts, and each of its keys can be requested.
@Sendable func fuzzListResponse(_ input: FuzzInput) {
    func body(_ root: String) -> [UInt8] { Array("<\(root)>".utf8) + input.bytes + Array("</\(root)>".utf8) }
    if let page = output(of: ListObjectsV2(), body("ListBucketResult")) {
        check(page.nextContinuationToken?.isEmpty != true, "the next page has no token")
        for object in page.objects {
            check((1...1024).contains(object.key.rawValue.utf8.count), "a key has a length that none has")
            check(object.size >= 0, "an object has a negative size")
            let request = required("a listed key") { try HeadObject(object.key).request() }
            let signed = required("a listed key's request") {
                try signer.sign(request, at: Date(timeIntervalSince1970: 0))
            }
            let path = "/media/\(PercentEncoding.encodePath(object.key.rawValue))"
            check(signed.request.path == path, "a listed key is asked for as \(signed.request.path ?? "")")
        }
    }
    if let page = output(of: ListMultipartUploads(), body("ListMultipartUploadsResult")) {
        check(page.next?.key.isEmpty != true, "the next page has no key")
        for upload in page.uploads { check(upload.uploadID.rawValue.isVisibleASCII, "an upload id is none") }
    }
    if let page = output(of: ListParts(uploadID, key: key, partNumberMarker: 7), body("ListPartsResult")) {
        check(page.nextPartNumberMarker ?? 8 > 7, "the next page of parts is one before")
    }
    if let output = output(of: DeleteObjects([key]), body("DeleteResult")) {
        let isKnown = (output.deleted + output.failures.compactMap(\.key)).contains(key)
        check(output.unconfirmed == (isKnown ? [] : [key]), "a key is lost from a deletion's response")
    }
}

/// Errors: `status|request id|document`.
///
/// Every input becomes an error with a code, a message and its status. The error doesn't keep signed strings.
@Sendable func fuzzErrorResponse(_ input: FuzzInput) {
    var input = input
    let status = abs(input.number() % 1000)
    var headers = HTTPFields()
    let id = input.optionalText()
    if let id, let name = HTTPField.Name("x-amz-request-id") { headers[name] = id }
    let document = input.rest().joined(separator: "|")
    for operation in readers {
        let response = R2Response(status: status, headerFields: headers, body: Array(document.utf8))
        let error = R2Error(response, of: operation)
        check(error.status == status, "the status is lost")
        check(!error.code.rawValue.isEmpty, "an error has no code")
        check(error.operation == type(of: operation).name, "the operation is lost")
        check(!(error.isRetryable && error.code == .notImplemented), "what is not implemented is retried")
        let echo = "<StringToSign>SIGNED</StringToSign>"
        if document.hasBytes(echo), document.occurrences(of: "SIGNED") == 1, id?.hasBytes("SIGNED") != true {
            check(!error.description.hasBytes("SIGNED"), "an error keeps what was signed: \(error)")
        }
    }
}

/// Dates of headers.
///
/// A date that was read stays the same when it's written and read again.
@Sendable func fuzzHTTPDate(_ input: FuzzInput) {
    guard let date = read(input.wholeText) else { return }
    let conditions = ObjectConditions(ifUnmodifiedSince: date)
    let request = required("a date that was read") { try HeadObject(key, conditions: conditions).request() }
    let written = request.headerFields[.ifUnmodifiedSince] ?? ""
    check(written.utf8.count == 29, "a date is written as \(written)")
    check(read(written) == date, "\(input.wholeText) is written as \(written)")
}

private func read(_ date: String) -> Date? {
    var headers = HTTPFields()
    headers[.eTag] = "\"a\""
    headers[.contentLength] = "1"
    headers[.lastModified] = date
    let head = required("a head") { try HeadObject(key).output(from: R2Response(status: 200, headerFields: headers)) }
    return head.lastModified
}
