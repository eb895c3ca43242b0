//! One run of the interpreter: an instance of its own, with a bound on everything that it can use up.

use std::path::Path;

use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstancePre, Linker, Module, Store, StoreLimits, StoreLimitsBuilder,
    Trap, UpdateDeadline,
};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

use super::Error;
use super::output::Output;
use crate::folder;

/// What runs before and after the code.
const GUEST: &str = include_str!("guest.py");
/// The interpreter on its own: without the environment, the site's packages, and files that it would write.
const ARGUMENTS: [&str; 7] = ["python", "-I", "-S", "-B", "-Xutf8", "-c", GUEST];
/// The most memory, in bytes.
const MEMORY: usize = 256 << 20;
/// The most entries of its table of functions, of which it has some thousand.
const TABLE: usize = 100_000;
/// The most that one call to the host may have it copy, in bytes.
const COPIED: usize = 16 << 20;

/// The compiled interpreter.
pub(super) struct Machine {
    engine: Engine,
    instance: InstancePre<State>,
}

struct State {
    wasi: WasiP1Ctx,
    limits: StoreLimits,
}

impl Machine {
    /// Compiles a module, or takes what was compiled before.
    pub fn open(module: &Path, compiled: &Path) -> wasmtime::Result<Self> {
        folder::make(compiled)?;
        let mut kept = CacheConfig::new();
        kept.with_directory(compiled);
        let mut config = Config::new();
        config.epoch_interruption(true).cache(Some(Cache::new(kept)?));
        let engine = Engine::new(&config)?;
        let module = Module::from_file(&engine, module)?;
        let mut linker = Linker::new(&engine);
        p1::add_to_linker_async(&mut linker, |state: &mut State| &mut state.wasi)?;
        Ok(Self { instance: linker.instantiate_pre(&module)?, engine })
    }

    /// Has everything that runs look up.
    pub fn tick(&self) {
        self.engine.increment_epoch();
    }

    /// Gives the guest a task. The future is never long without looking up, and may be dropped then.
    pub async fn run(&self, task: Vec<u8>, log: Output, answer: Output) -> Result<(), Error> {
        match self.start(task, log, answer).await {
            Ok(()) => Ok(()),
            Err(error) if error.is::<I32Exit>() => Ok(()),
            Err(error) => match error.downcast_ref::<Trap>() {
                Some(Trap::StackOverflow) => Err(Error::Ended(": it went too deep".to_owned())),
                Some(_) => Err(Error::Ended(String::new())),
                None => Err(Error::Broken(format!("{error:#}"))),
            },
        }
    }

    async fn start(&self, task: Vec<u8>, log: Output, answer: Output) -> wasmtime::Result<()> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.args(&ARGUMENTS).stdin(MemoryInputPipe::new(task)).stdout(answer).stderr(log);
        wasi.allow_tcp(false).allow_udp(false);
        let limits = StoreLimitsBuilder::new()
            .memory_size(MEMORY)
            .table_elements(TABLE)
            .instances(1)
            .memories(1)
            .tables(1);
        let mut store = Store::new(&self.engine, State { wasi: wasi.build_p1(), limits: limits.build() });
        store.limiter(|state| &mut state.limits);
        store.set_hostcall_fuel(COPIED);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let instance = self.instance.instantiate_async(&mut store).await?;
        instance.get_typed_func::<(), ()>(&mut store, "_start")?.call_async(&mut store, ()).await
    }
}
