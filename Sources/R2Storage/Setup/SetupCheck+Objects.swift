#if Storage
internal import NIOCore
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension SetupCheck {
    /// Writes, reads and deletes an object.
    mutating func usesObjects() async throws {
        let name = UUID().uuidString.lowercased()
        guard let key = try? ObjectKey(".r2kit-probe/\(name)") else { return }
        let content = Array("r2kit probe \(name)".utf8)
        let isWritten = try await writes(content, to: key)
        do {
            try await reads(content, from: key, isWritten)
        } catch {
            await deletes(key, isWritten)
            throw error
        }
        await deletes(key, isWritten)
        try Task.checkCancellation()
    }

    private mutating func writes(_ content: [UInt8], to key: ObjectKey) async throws -> Bool {
        do {
            try await client.put(content, to: key, properties: .init(contentType: "text/plain"))
            report.add(.passed, .write, "objects may be written")
            return true
        } catch let error as R2Error {
            refused(.write, error, "Object Read & Write")
            // Whether it was written is not known if the answer was lost: it is deleted all the same.
            return error.status == nil || error.isRetryable
        } catch is CancellationError {
            await deletes(key, true)
            throw CancellationError()
        }
    }

    private mutating func reads(_ content: [UInt8], from key: ObjectKey, _ isWritten: Bool) async throws {
        do {
            let read = try await client.get(key).body.reduce(into: [UInt8]()) { $0 += Array($1.readableBytesView) }
            if read == content {
                report.add(.passed, .read, "objects may be read")
            } else {
                report.add(
                    .problem, .read, "what was read is not what had been written",
                    remedy: "check what stands between this machine and the endpoint")
            }
        } catch let error as R2Error where error.code == .noSuchKey && !isWritten {
            // Whoever may not read is told so before being told that there is nothing.
            report.add(.passed, .read, "objects may be read")
        } catch let error as R2Error {
            refused(.read, error, "Object Read")
        }
    }

    /// Cleans up, even if the task has been cancelled.
    private mutating func deletes(_ key: ObjectKey, _ isWritten: Bool) async {
        let client = client.with(timeLimit: .seconds(30))
        let result = await Task { try await client.delete(key) }.result
        switch result {
        case .success: report.add(.passed, .delete, "objects may be deleted")
        case .failure(let error as R2Error):
            refused(.delete, error, "Object Read & Write")
            guard isWritten else { return }
            report.add(.warning, .delete, "the probe object \(key) is left", remedy: "delete it by hand")
        case .failure(let error): report.add(.unknown, .delete, "\(error)", remedy: "look for the object \(key)")
        }
    }

    private mutating func refused(_ subject: SetupReport.Subject, _ error: R2Error, _ permission: String) {
        if error.code == .accessDenied || error.code == .unauthorized {
            report.add(
                .problem, subject, "the token does not allow to \(subject) objects (\(error.code))",
                remedy: "give it the permission \(permission) for this bucket")
        } else {
            report.add(
                .problem, subject, "cannot \(subject) objects: \(error.code): \(error.message)",
                remedy: error.advice ?? "see the message")
        }
    }
}
#endif
