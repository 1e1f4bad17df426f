from google.protobuf import timestamp_pb2 as _timestamp_pb2
from pitstop.cache.reapi.proto import remote_execution_pb2 as _remote_execution_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListWorkersRequest(_message.Message):
    __slots__ = ("instance_name", "page_size", "page", "worker_name")
    INSTANCE_NAME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    instance_name: str
    page_size: int
    page: int
    worker_name: str
    def __init__(self, instance_name: _Optional[str] = ..., page_size: _Optional[int] = ..., page: _Optional[int] = ..., worker_name: _Optional[str] = ...) -> None: ...

class WorkerOperation(_message.Message):
    __slots__ = ("operation_name", "action_digest")
    OPERATION_NAME_FIELD_NUMBER: _ClassVar[int]
    ACTION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    operation_name: str
    action_digest: _remote_execution_pb2.Digest
    def __init__(self, operation_name: _Optional[str] = ..., action_digest: _Optional[_Union[_remote_execution_pb2.Digest, _Mapping]] = ...) -> None: ...

class RegisteredWorker(_message.Message):
    __slots__ = ("session_name", "worker_name", "last_updated", "bot_status", "expiry_time", "operations", "action_digest")
    SESSION_NAME_FIELD_NUMBER: _ClassVar[int]
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_UPDATED_FIELD_NUMBER: _ClassVar[int]
    BOT_STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPIRY_TIME_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    ACTION_DIGEST_FIELD_NUMBER: _ClassVar[int]
    session_name: str
    worker_name: str
    last_updated: _timestamp_pb2.Timestamp
    bot_status: int
    expiry_time: _timestamp_pb2.Timestamp
    operations: _containers.RepeatedCompositeFieldContainer[WorkerOperation]
    action_digest: _remote_execution_pb2.Digest
    def __init__(self, session_name: _Optional[str] = ..., worker_name: _Optional[str] = ..., last_updated: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., bot_status: _Optional[int] = ..., expiry_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., operations: _Optional[_Iterable[_Union[WorkerOperation, _Mapping]]] = ..., action_digest: _Optional[_Union[_remote_execution_pb2.Digest, _Mapping]] = ...) -> None: ...

class ListWorkersResponse(_message.Message):
    __slots__ = ("page", "page_size", "total", "workers")
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    page: int
    page_size: int
    total: int
    workers: _containers.RepeatedCompositeFieldContainer[RegisteredWorker]
    def __init__(self, page: _Optional[int] = ..., page_size: _Optional[int] = ..., total: _Optional[int] = ..., workers: _Optional[_Iterable[_Union[RegisteredWorker, _Mapping]]] = ...) -> None: ...
