#if Storage && os(Linux)
import NIOCore
import Testing

@testable import R2Storage

@Suite struct DiskFullTests {
    @Test func `a full disk is an error of its own`() async throws {
        // What is written to this device never finds room.
        let file = try await TransferFile.writing("/dev/full")
        await #expect {
            try await DownloadSession.targetFailure { try await file.write([ByteBuffer(string: "bytes")], at: 0) }
        } throws: { error in
            (error as? TransferError)?.code == .diskFull
        }
    }
}
#endif
