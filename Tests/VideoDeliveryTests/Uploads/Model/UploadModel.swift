/// A model of uploads in one request: the row, the two objects, and programs that work on them call by call.
///
/// It has the same calls as the implementation, in the same order, and nothing else.
struct UploadModel: Hashable {
    /// A file that a client can send.
    enum File: Hashable, CaseIterable { case good, other, notAVideo }

    enum Row: Hashable { case pending, verifying, ready(File), failed, deleted }

    enum Upload: Hashable { case none, file(File), closed }

    enum Outcome: Hashable { case ready(File), failed, canceled, kept, error }

    /// A program and the call that it makes next.
    struct Program: Hashable {
        enum Next: Hashable {
            // A completion.
            case read, headUpload, headFile(Upload), mark(File), copy(File), headCopy, probe(File), finish(File)
            case deleteUpload, deleteFile, deleteRejectedUpload, finishCancellation
            // A cancellation.
            case readToCancel, close, keep, deleteRow, reopen
            // A client that sends a file.
            case send(File)
            case done(Outcome)
        }

        var next: Next
        var version = 0
        var isVerifying = false
        var cancelsAfterErrors = false
        var sendsLeft = 0

        var isDone: Bool { if case .done = next { true } else { false } }

        static let completer = Program(next: .read)
        static let cancelingClient = Program(next: .read, cancelsAfterErrors: true)
        static let canceler = Program(next: .readToCancel)
        static func sender(_ file: File, times: Int) -> Program { Program(next: .send(file), sendsLeft: times) }
    }

    /// A mistake in the design, which the rules must find.
    enum Flaw: CaseIterable {
        /// A cancellation doesn't look at the object first.
        case cancelsBlindly
        /// A copy has no conditions.
        case copiesUnconditionally
        /// The row is changed whatever its version is.
        case ignoresVersions
    }

    var row = Row.pending
    var version = 1
    var upload = Upload.none
    var file: File?
    var programs: [Program]
    var lossesLeft: Int
    var flaw: Flaw?
    /// A Boolean value that indicates whether the server ignores conditions on the destination of a copy, as some do.
    var overwritesCopies = false
    /// The file that R2 accepted first, and acknowledged.
    var acknowledged: File?

    // MARK: Steps

    /// Returns the states that can follow: each program makes its call, and may not hear of it.
    func successors() -> [UploadModel] {
        programs.indices.filter { !programs[$0].isDone }.flatMap { index -> [UploadModel] in
            var performed = self
            performed.perform(index)
            guard lossesLeft > 0 else { return [performed] }
            var lost = performed
            lost.lossesLeft -= 1
            lost.programs[index] = programs[index]
            lost.programs[index].next = afterLoss(of: programs[index])
            return [performed, lost]
        }
    }

    /// Returns what a program does when it doesn't hear of a call.
    private func afterLoss(of program: Program) -> Program.Next {
        switch program.next {
        case .mark, .finish, .deleteRow, .keep, .finishCancellation:
            // The catalog's outcome is unknown: read the row again.
            return program.next == .deleteRow || program.next == .keep ? .readToCancel : .read
        case .copy: return .headCopy
        case .deleteUpload, .deleteFile, .deleteRejectedUpload, .reopen: return after(program.next)
        case .send: return program.sendsLeft > 1 ? program.next : .done(.error)
        default: return program.cancelsAfterErrors ? .readToCancel : .done(.error)
        }
    }

    /// Returns what follows a call whose failure doesn't matter.
    private func after(_ next: Program.Next) -> Program.Next {
        switch next {
        case .deleteUpload: if case .ready(let file) = row { .done(.ready(file)) } else { .done(.error) }
        case .deleteFile: .deleteRejectedUpload
        case .reopen: .readToCancel
        default: .done(.failed)
        }
    }

    private mutating func perform(_ index: Int) {
        var program = programs[index]
        defer { programs[index] = program }
        let failure = program.cancelsAfterErrors ? Program.Next.readToCancel : .done(.error)
        switch program.next {
        case .read:
            program.version = version
            program.isVerifying = row == .verifying
            switch row {
            case .pending, .verifying: program.next = .headUpload
            case .ready(let file): program.next = .done(.ready(file))
            case .failed: program.next = .done(.failed)
            case .deleted: program.next = failure
            }
        case .headUpload:
            if case .file(let source) = upload, !program.isVerifying {
                program.next = .mark(source)
            } else if upload == .closed, !program.isVerifying {
                program.next = .finishCancellation
            } else {
                program.next = .headFile(upload)
            }
        case .headFile(let found):
            switch (file, found) {
            case (let file?, _): program.next = .probe(file)
            case (nil, .file(let source)): program.next = .copy(source)
            case (nil, .closed): program.next = .finishCancellation
            case (nil, .none): program.next = failure
            }
        case .mark(let source):
            change(&program, to: .verifying, then: .copy(source), else: .read)
            program.isVerifying = true
        case .copy(let source):
            // Source and destination are conditions of the copy.
            switch flaw {
            case .copiesUnconditionally: if case .file(let current) = upload { file = current }
            default: if upload == .file(source), file == nil || overwritesCopies { file = source }
            }
            program.next = .headCopy
        case .headCopy: program.next = file.map(Program.Next.probe) ?? .headUpload
        case .probe(let found): program.next = file == found ? .finish(found) : .read
        case .finish(let found):
            let isVideo = found != .notAVideo
            change(
                &program, to: isVideo ? .ready(found) : .failed, then: isVideo ? .deleteUpload : .deleteFile,
                else: .read)
        case .deleteUpload:
            upload = .none
            program.next = after(program.next)
        case .deleteFile:
            file = nil
            program.next = after(program.next)
        case .deleteRejectedUpload:
            upload = .none
            program.next = after(program.next)
        case .finishCancellation: change(&program, to: .deleted, then: .done(.canceled), else: .read)
        case .readToCancel:
            program.version = version
            switch row {
            case .pending: program.next = .close
            case .verifying, .ready, .failed: program.next = .done(.kept)
            case .deleted: program.next = .done(.canceled)
            }
        case .close:
            switch flaw == .cancelsBlindly ? .none : upload {
            case .none:
                upload = .closed
                program.next = .deleteRow
            case .closed: program.next = .deleteRow
            case .file: program.next = .keep
            }
        case .keep: change(&program, to: .verifying, then: .done(.kept), else: .readToCancel)
        case .deleteRow: change(&program, to: .deleted, then: .done(.canceled), else: .reopen)
        case .reopen:
            if case .ready = row { upload = .none }
            program.next = after(program.next)
        case .send(let sent):
            // Write-once.
            if upload == .none {
                upload = .file(sent)
                if acknowledged == nil, row != .deleted { acknowledged = sent }
            }
            program.sendsLeft -= 1
            program.next = program.sendsLeft > 0 ? program.next : .done(.kept)
        case .done: break
        }
    }

    /// Changes the row, unless it was changed since the program read it.
    private mutating func change(
        _ program: inout Program, to row: Row, then next: Program.Next, else conflict: Program.Next
    ) {
        guard version == program.version || flaw == .ignoresVersions else {
            program.next = conflict
            return
        }
        self.row = row
        version += 1
        program.version = version
        program.next = next
    }

    // MARK: Rules

    /// The rule that a state breaks, or `nil`.
    var broken: String? {
        if case .ready(let pinned) = row {
            if file != pinned { return "the row is ready, and its object isn't the pinned one" }
            if pinned == .notAVideo { return "the row is ready with a file that isn't a video" }
            if let acknowledged, pinned != acknowledged { return "the file isn't the one that R2 accepted first" }
        }
        for case .done(let outcome) in programs.map(\.next) {
            switch outcome {
            case .ready(let file) where row != .ready(file): return "a client was told of a file that isn't there"
            case .canceled where row != .deleted: return "a client was told of a cancellation, and the row is there"
            case .failed where row != .failed: return "a client was told of a failure that isn't final"
            default: break
            }
        }
        if row == .deleted, let acknowledged, acknowledged != .notAVideo { return "an accepted file was canceled" }
        return nil
    }
}
