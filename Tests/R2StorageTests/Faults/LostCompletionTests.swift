#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite("Uploads whose completion response was lost")
struct LostCompletionTests {
    private static let content = ByteBuffer(repeating: 5, count: Int(PartPlan.minimumPartLength) + 1000)

    /// Uploads a stream, loses every response to its completion, and resumes with another source.
    private func resume(from source: UploadSource) async throws -> Result<UploadResult, TransferError> {
        try await StrictBucket.run { bucket in
            let barrier = Barrier()
            let lossy: @Sendable (S3Request) async -> Fault = { request in
                request.operation == "CompleteMultipartUpload" && !barrier.isOpen ? .at(.beforeResponse, .reset) : .none
            }
            return try await FaultProxy.run(to: bucket.port, faults: lossy) { proxy in
                let client = R2Client(
                    try bucket.config().through(proxy.port), configuration: R2ClientConfiguration(retry: .none).patient)
                let key = try ObjectKey("lost")
                let chunks = Chunks([Array(Self.content.readableBytesView)])
                let error = await #expect(throws: TransferError.self) {
                    _ = try await client.upload(
                        .stream(chunks), to: key,
                        options: UploadOptions(partLength: PartPlan.minimumPartLength, onFailure: .keepForResume))
                }
                let token = try #require(error?.uploadToken)
                barrier.open()
                do {
                    let result = try await client.resume(token, from: source)
                    #expect(try await client.head(key).etag == result.etag)
                    return .success(result)
                } catch let error as TransferError {
                    return .failure(error)
                }
            }
        }
    }

    @Test func `the same stream is recognized as uploaded and nothing is sent`() async throws {
        let result = try await resume(from: .stream(Chunks([Array(Self.content.readableBytesView)]))).get()
        #expect(result.bytesSent == 0 && result.partCount == 2 && result.size == Int64(Self.content.readableBytes))
    }

    @Test func `other bytes of the same length are an error`() async throws {
        var other = Self.content
        other.setInteger(UInt8(6), at: 100)
        let outcome = try await resume(from: .bytes(other))
        #expect(throws: TransferError.self) { _ = try outcome.get() }
        if case .failure(let error) = outcome { #expect(error.code == .sourceChanged) }
    }

    @Test func `a prefix of the same bytes is an error`() async throws {
        let beginning = Array(Self.content.readableBytesView.prefix(Int(PartPlan.minimumPartLength)))
        let outcome = try await resume(from: .stream(Chunks([beginning])))
        #expect(throws: TransferError.self) { _ = try outcome.get() }
    }
}
#endif
