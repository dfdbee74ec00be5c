"""A small operating system kernel simulated: tasks with queues and handlers, driven by packets. Method calls, attributes."""
IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)
PAYLOAD = 4


class Packet:
    def __init__(self, link, owner, kind):
        self.link = link
        self.owner = owner
        self.kind = kind
        self.datum = 0
        self.data = [0] * PAYLOAD

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class State:
    def __init__(self):
        self.packet_pending = True
        self.waiting = False
        self.held = False

    def set_running(self):
        self.packet_pending = self.waiting = self.held = False
        return self

    def set_waiting(self):
        self.packet_pending = self.held = False
        self.waiting = True
        return self

    def is_waiting_with_packet(self):
        return self.packet_pending and self.waiting and not self.held

    def is_held_or_idle(self):
        return self.held or (not self.packet_pending and self.waiting)


class Kernel:
    def __init__(self):
        self.tasks = [None] * 6
        self.first = None
        self.current = None
        self.hold_count = 0
        self.queue_count = 0

    def schedule(self):
        task = self.first
        while task is not None:
            self.current = task
            if task.is_held_or_idle():
                task = task.next_task
            else:
                task = task.run()


class Task(State):
    def __init__(self, kernel, identity, priority, queue):
        State.__init__(self)
        self.kernel = kernel
        self.identity = identity
        self.priority = priority
        self.queue = queue
        self.next_task = kernel.first
        kernel.first = self
        kernel.tasks[identity] = self

    def handle(self, packet):
        raise NotImplementedError

    def run(self):
        packet = None
        if self.is_waiting_with_packet():
            packet = self.queue
            self.queue = packet.link
            self.set_running()
            self.packet_pending = self.queue is not None
        return self.handle(packet)

    def add_packet(self, packet, sender):
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > sender.priority:
                return self
        else:
            packet.append_to(self.queue)
        return sender

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.kernel.hold_count += 1
        self.held = True
        return self.next_task

    def release(self, identity):
        task = self.find(identity)
        task.held = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        task = self.find(packet.owner)
        self.kernel.queue_count += 1
        packet.link = None
        packet.owner = self.identity
        return task.add_packet(packet, self)

    def find(self, identity):
        task = self.kernel.tasks[identity]
        if task is None:
            raise LookupError(identity)
        return task


class Idle(Task):
    def __init__(self, kernel, count):
        Task.__init__(self, kernel, IDLE, 0, None)
        self.set_running()
        self.control = 1
        self.count = count

    def handle(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    def __init__(self, kernel, queue):
        Task.__init__(self, kernel, WORKER, 1000, queue)
        self.waiting = True
        self.destination = HANDLER_A
        self.letter = 0

    def handle(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.owner = self.destination
        packet.datum = 0
        for i in range(PAYLOAD):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        return self.send(packet)


class Handler(Task):
    def __init__(self, kernel, identity, priority, queue):
        Task.__init__(self, kernel, identity, priority, queue)
        self.waiting = True
        self.work = None
        self.devices = None

    def handle(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        if self.work is not None:
            work = self.work
            position = work.datum
            if position >= PAYLOAD:
                self.work = work.link
                return self.send(work)
            if self.devices is not None:
                device = self.devices
                self.devices = device.link
                device.datum = work.data[position]
                work.datum = position + 1
                return self.send(device)
        return self.wait()


class Device(Task):
    def __init__(self, kernel, identity, priority):
        Task.__init__(self, kernel, identity, priority, None)
        self.set_waiting()
        self.pending = None

    def handle(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            return self.send(packet)
        self.pending = packet
        return self.hold()


def simulate(steps):
    kernel = Kernel()
    Idle(kernel, steps)
    queue = Packet(None, WORKER, WORK_PACKET)
    Worker(kernel, Packet(queue, WORKER, WORK_PACKET))
    for identity, priority, device in ((HANDLER_A, 2000, DEVICE_A), (HANDLER_B, 3000, DEVICE_B)):
        queue = None
        for _ in range(3):
            queue = Packet(queue, device, DEVICE_PACKET)
        Handler(kernel, identity, priority, queue)
    Device(kernel, DEVICE_A, 4000)
    Device(kernel, DEVICE_B, 5000)
    kernel.schedule()
    return kernel.queue_count, kernel.hold_count


if __name__ == "__main__":
    print(*simulate(110_000))
