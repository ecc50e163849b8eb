#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UploadWorld {
    /// A duration after which every upload is over, with its URLs and the time for its requests.
    static let uploadEnd: Duration = .seconds(4 * 86_400)

    /// Returns the housekeeping of this world.
    func housekeeping(_ options: VideoHousekeepingOptions = VideoHousekeepingOptions()) -> VideoHousekeeping {
        VideoHousekeeping(uploads, options: options)
    }

    /// Runs a pass, and expects that nothing fails.
    @discardableResult
    func keepHouse(
        _ options: VideoHousekeepingOptions = VideoHousekeepingOptions(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> HousekeepingPass {
        let pass = try await housekeeping(options).runOnce()
        for report in pass.reports {
            #expect(report.error == nil, "\(report.step)", sourceLocation: sourceLocation)
            #expect(report.failures.isEmpty, "\(report.step) \(report.failures)", sourceLocation: sourceLocation)
        }
        return pass
    }

    /// Turns the clock, without making the emulator abort multipart uploads by itself.
    func turn(by duration: Duration) { r2.clock.advance(by: duration) }

    /// Stores an object that no upload made.
    func store(_ key: String, _ bytes: [UInt8] = [1, 2, 3]) async throws {
        try await client.put(bytes, to: ObjectKey(key))
    }

    func objectExists(_ key: String) async throws -> Bool { try await client.exists(ObjectKey(key)) }

    /// The key that the client of an upload sends its file to.
    func uploadKey(_ upload: UploadAttempt) throws -> String {
        try uploads.keys.upload(of: upload.video, attempt: upload.attempt).rawValue
    }

    func fileKey(_ upload: UploadAttempt) throws -> String {
        try uploads.keys.file(of: upload.video, attempt: upload.attempt).rawValue
    }
}
#endif
