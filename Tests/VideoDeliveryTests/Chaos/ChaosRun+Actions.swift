#if Delivery && Emulator
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import VideoCatalog
import VideoDelivery

/// One of the things that clients and workers do.
struct ChaosAction: Sendable {
    let name: String
    let perform: @Sendable (isolated ChaosRun) async -> Void
}

extension ChaosRun {
    private static let user = UploadWorld.user

    /// Returns an action for a client or a worker, with what it needs from the random numbers.
    func chooseAction() -> ChaosAction {
        let kind = random.next(100)
        switch kind {
        case 0..<12: return ChaosAction(name: "pass") { await $0.keepHouse() }
        case 12..<15: return ChaosAction(name: "reconcile") { await $0.reconcile() }
        case 15..<20: return ChaosAction(name: "event") { await $0.handleEvent() }
        case 20..<28:
            let seconds = random.pick([60, 700, 3700, 8 * 3600, 2 * 86_400, 5 * 86_400])
            return ChaosAction(name: "turn \(seconds)") { $0.world.turn(by: .seconds(seconds)) }
        default: break
        }
        if slots.isEmpty || random.happens(0.12) { _ = addSlot() }
        let open = slots.indices.filter { !slots[$0].isOver }
        let slot = open.isEmpty ? addSlot() : random.pick(open)
        let isPatient = random.happens(0.7)
        let isWrong = random.happens(0.08)
        let bytes = nextBytes()
        switch kind {
        case 28..<46: return ChaosAction(name: "begin \(slot)") { await $0.begin(slot) }
        case 46..<62: return ChaosAction(name: "send \(slot)") { await $0.send(slot, isWrong: isWrong) }
        case 62..<78: return ChaosAction(name: "complete \(slot)") { await $0.complete(slot, cancels: !isPatient) }
        case 78..<83: return ChaosAction(name: "cancel \(slot)") { await $0.cancel(slot) }
        case 83..<96: return ChaosAction(name: "replace \(slot)") { await $0.replace(slot, bytes) }
        case 96..<98: return ChaosAction(name: "delete \(slot)") { await $0.delete(slot) }
        default: return ChaosAction(name: "restore \(slot)") { await $0.restore(slot) }
        }
    }

    private func begin(_ slot: Int) async {
        let (token, bytes) = (slots[slot].token, slots[slot].bytes)
        do {
            let upload = try await world.begin(bytes, token: token)
            if slots[slot].contents.isEmpty { slots[slot].contents = [bytes] }
            // Once the video is ready, this names the upload of its file, which may be that of a replacement.
            if slots[slot].upload == nil || upload.phase != .ready { slots[slot].upload = upload }
        } catch let error as VideoDeliveryError {
            note("\(error.code)")
            if [.uploadCanceled, .uploadExpired, .verificationFailed].contains(error.code) { end(slot, error.code) }
        } catch { note("failed") }
    }

    /// Ends the story of a video whose upload can't be continued.
    private func end(_ slot: Int, _ code: VideoDeliveryError.Code) {
        if slots[slot].isAcknowledged, !slots[slot].isDeleted, code != .uploadCanceled {
            fail("slot \(slot) was acknowledged and is \(code)")
        }
        slots[slot].isOver = true
    }

    private func send(_ slot: Int, isWrong: Bool) async {
        let replacement = slots[slot].replacement
        guard let upload = replacement?.upload ?? slots[slot].upload else { return }
        let right = replacement?.upload == nil ? slots[slot].bytes : replacement?.bytes ?? []
        let bytes = isWrong ? SampleVideo.text(right.count) : right
        if let request = upload.request { note("\((try? await world.send(request, bytes)) ?? 0)") }
        for part in upload.parts { note("part \((try? await world.send(part, of: bytes)) ?? 0)") }
    }

    private func complete(_ slot: Int, cancels: Bool) async {
        let replacement = slots[slot].replacement
        guard let upload = replacement?.upload ?? slots[slot].upload else { return }
        let bytes = replacement?.upload == nil ? slots[slot].bytes : replacement?.bytes ?? []
        do {
            let row = try await world.uploads.complete(upload.video, attempt: upload.attempt, by: Self.user)
            note("ready")
            if row.state != .ready { fail("complete returned a row that is \(row.state)") }
            slots[slot].isAcknowledged = true
            if let index = slots[slot].contents.firstIndex(of: bytes) {
                slots[slot].contents.removeFirst(index)
            } else {
                fail("complete returned a file that was never begun")
            }
            if slots[slot].replacement?.number == replacement?.number { slots[slot].replacement = nil }
        } catch {
            note("\((error as? VideoDeliveryError).map { "\($0.code)" } ?? "failed")")
            if let code = (error as? VideoDeliveryError)?.code, code == .superseded || code == .verificationFailed,
                replacement?.upload != nil, slots[slot].replacement?.number == replacement?.number
            {
                slots[slot].replacement = nil
            }
            // As clients do in the `catch` of every failed completion.
            if cancels { await cancel(slot) }
        }
    }

    private func cancel(_ slot: Int) async {
        let replacement = slots[slot].replacement
        guard let upload = replacement?.upload ?? slots[slot].upload else { return }
        do {
            switch try await world.uploads.cancel(upload.video, attempt: upload.attempt, by: Self.user) {
            case .kept: note("kept")
            case .canceled:
                note("canceled")
                if replacement?.upload != nil, slots[slot].replacement?.number == replacement?.number {
                    slots[slot].replacement = nil
                }
            }
        } catch { note("cancel failed") }
    }

    private func replace(_ slot: Int, _ bytes: [UInt8]) async {
        guard slots[slot].isAcknowledged, let video = slots[slot].upload?.video else { return }
        if slots[slot].replacement == nil {
            slots[slot].replacement = (tokens, bytes, nil)
            slots[slot].contents.append(bytes)
        }
        guard let replacement = slots[slot].replacement else { return }
        do {
            let upload = try await world.uploads.replace(
                video, with: UploadWorld.file(replacement.bytes), token: "replacement \(replacement.number)",
                by: Self.user)
            if slots[slot].replacement?.number == replacement.number { slots[slot].replacement?.upload = upload }
        } catch let error as VideoDeliveryError {
            note("\(error.code)")
            let isOver: Set<VideoDeliveryError.Code> = [.uploadCanceled, .uploadExpired, .verificationFailed]
            if isOver.contains(error.code), slots[slot].replacement?.number == replacement.number {
                slots[slot].replacement = nil
            }
        } catch { note("failed") }
    }

    private func delete(_ slot: Int) async {
        guard let video = slots[slot].upload?.video else { return }
        slots[slot].isDeleted = true
        do { try await world.uploads.catalog.delete(video) } catch { note("failed") }
    }

    private func restore(_ slot: Int) async {
        guard slots[slot].isDeleted, let video = slots[slot].upload?.video else { return }
        do { try await world.uploads.catalog.restore(video) } catch { note("failed") }
    }
}
#endif
