#if Emulator
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension OperationContext {
    /// R2 (documented): a failed condition is refused here already.
    ///
    /// R2 (live reports): the headers about the abort, from the rule that aborts the upload first.
    func createMultipartUpload() async throws -> EmulatorResponse {
        let customerKey = try CustomerKey.read(request)
        let properties = try StoredProperties(request, customerKey: customerKey, limits: limits)
        let algorithm = try checksumAlgorithm()
        let conditions = conditions()
        let upload = try await store.createUpload(
            of: key, in: bucket, properties: properties, checksumAlgorithm: algorithm?.rawValue
        ) { object throws(Refusal) in try conditions.require(for: object) }

        var document = XMLDocument(root: "InitiateMultipartUploadResult")
        document.element("UploadId", upload.id)
        document.element("Bucket", bucket)
        document.element("Key", key)
        var response = EmulatorResponse(document)
        if let abort = try store.read(bucket, { [limits] in $0.lifecycle?.abort(of: upload, limits) }) {
            response.set("x-amz-abort-date", Timestamp.http(abort.date))
            response.set("x-amz-abort-rule-id", PercentEncoding.encode(abort.rule))
        }
        if let algorithm { response.set("x-amz-checksum-algorithm", algorithm.rawValue.uppercased()) }
        response.headers += CustomerKey.headers(customerKey?.md5)
        return response
    }

    /// Reads the checksum that the parts have.
    ///
    /// R2 (documented): each algorithm has one type for uploads in parts. Unsettled: the response to the other type,
    /// and to another algorithm.
    private func checksumAlgorithm() throws(Refusal) -> ChecksumAlgorithm? {
        guard let name = request.header("x-amz-checksum-algorithm") else { return nil }
        guard let algorithm = ChecksumAlgorithm(rawValue: name.lowercased()) else {
            throw .notImplemented(header: "x-amz-checksum-algorithm", name)
        }
        if let type = request.header("x-amz-checksum-type"), type.uppercased() != algorithm.multipartType {
            throw .notImplemented(header: "x-amz-checksum-type", type)
        }
        return algorithm
    }

    /// R2 (observed): see ``ObjectStore/abort(_:of:in:)``.
    func abortMultipartUpload() async throws -> EmulatorResponse {
        try await store.abort(uploadID, of: key, in: bucket)
        return EmulatorResponse(status: 204)
    }

    /// The `uploadId` parameter, which the route of the operation has.
    var uploadID: String { request.parameter("uploadId") ?? "" }
}
#endif
