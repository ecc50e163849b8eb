#if Storage
import R2Kit
import R2Storage

/// A transfer with default options.
struct WholeTransfer {
    let key: String

    func put(_ file: String) async throws {
        let result = try await R2Client(try R2Config()).upload(.file(file), to: try ObjectKey(key))
        print("put \(result.size) bytes, peak RSS \(MemoryUse.peak() / 1024) KiB")
    }

    func get(_ file: String) async throws {
        let result = try await R2Client(try R2Config()).download(try ObjectKey(key), to: .file(file))
        print("get \(result.size) bytes, peak RSS \(MemoryUse.peak() / 1024) KiB")
    }
}
#endif
