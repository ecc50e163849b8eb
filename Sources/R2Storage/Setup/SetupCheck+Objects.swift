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
    mutating func checkObjects() async throws {
        let name = UUID().uuidString.lowercased()
        guard let key = try? ObjectKey(".r2kit-probe/\(name)") else { return }
        let content = Array("r2kit probe \(name)".utf8)
        let mayExist = try await write(content, to: key)
        do {
            try await read(content, from: key, mayExist)
        } catch {
            await delete(key, mayExist)
            throw error
        }
        await delete(key, mayExist)
        try Task.checkCancellation()
    }

    /// Writes the probe object.
    /// - Returns: `false` if the object certainly wasn't written.
    private mutating func write(_ content: [UInt8], to key: ObjectKey) async throws -> Bool {
        do {
            try await client.put(content, to: key, properties: ObjectProperties(contentType: "text/plain"))
            report.add(.passed, .write, "The token can write objects.")
            return true
        } catch let error as R2Error {
            reportFailure(.write, error, permission: "Object Read & Write")
            // If the response was lost, the object may have been written, and must be deleted.
            return error.status == nil || error.isRetryable
        } catch is CancellationError {
            await delete(key, true)
            throw CancellationError()
        }
    }

    private mutating func read(_ content: [UInt8], from key: ObjectKey, _ mayExist: Bool) async throws {
        do {
            let body = try await client.get(key).body.reduce(into: [UInt8]()) { $0 += Array($1.readableBytesView) }
            if body == content {
                report.add(.passed, .read, "The token can read objects.")
            } else {
                report.add(
                    .problem, .read, "The object that was read differs from the one that was written.",
                    remedy: "Check proxies between this machine and the endpoint.")
            }
        } catch let error as R2Error where error.code == .noSuchKey && !mayExist {
            // R2 checks the permission to read before it reports that an object doesn't exist.
            report.add(.passed, .read, "The token can read objects.")
        } catch let error as R2Error {
            reportFailure(.read, error, permission: "Object Read")
        }
    }

    /// Deletes the probe object, even if the task has been canceled.
    private mutating func delete(_ key: ObjectKey, _ mayExist: Bool) async {
        let client = client.with(timeLimit: .seconds(30))
        let result = await Task { try await client.delete(key) }.result
        switch result {
        case .success: report.add(.passed, .delete, "The token can delete objects.")
        case .failure(let error as R2Error):
            reportFailure(.delete, error, permission: "Object Read & Write")
            guard mayExist else { return }
            report.add(.warning, .delete, "The probe object \(key) still exists.", remedy: "Delete it by hand.")
        case .failure(let error):
            report.add(.unknown, .delete, "Can't delete: \(error).", remedy: "Check whether the object \(key) exists.")
        }
    }

    private mutating func reportFailure(_ subject: SetupReport.Subject, _ error: R2Error, permission: String) {
        if error.code == .accessDenied || error.code == .unauthorized {
            report.add(
                .problem, subject, "The token can't \(subject) objects (\(error.code)).",
                remedy: "Give it the permission \(permission) for this bucket.")
        } else {
            report.add(
                .problem, subject, "Can't \(subject) objects (\(error.code)). \(error.message)",
                remedy: error.advice ?? "See the message.")
        }
    }
}
#endif
