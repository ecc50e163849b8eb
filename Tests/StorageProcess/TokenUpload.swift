#if Storage
import R2Kit
import R2Storage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An upload that stores its resume token in a file after each part.
struct TokenUpload {
    let file: String
    let key: String
    let tokenFile: String

    func run() async throws {
        let client = R2Client(try R2Config())
        let options = UploadOptions(
            multipartThreshold: 0, partLength: PartPlan.minimumPartLength, concurrency: 2, onFailure: .keepForResume)
        let upload = client.makeUpload(.file(file), to: try ObjectKey(key), options: options)
        async let result = upload.run()
        for await token in upload.tokens {
            try JSONEncoder().encode(token).write(to: URL(fileURLWithPath: tokenFile), options: .atomic)
        }
        print(try await result.etag)
    }
}
#endif
