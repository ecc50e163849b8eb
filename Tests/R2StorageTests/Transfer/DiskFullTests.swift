#if Storage && os(Linux)
import NIOCore
import Testing

@testable import R2Storage

@Suite struct DiskFullTests {
    @Test func `a full disk has its own error code`() async throws {
        // Writes to this device always fail with ENOSPC.
        let file = try await TransferFile.writing(LocalPath("/dev/full"))
        await #expect {
            try await DownloadSession.mappingTargetErrors { try await file.write([ByteBuffer(string: "bytes")], at: 0) }
        } throws: { error in
            (error as? TransferError)?.code == .diskFull
        }
    }
}
#endif
