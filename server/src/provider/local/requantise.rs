//! Rewrites a model file once, on arrival, in a form this machine computes fast.
//!
//! The smallest file there is to download holds Q4_1 numbers, for which candle has no vector code on x86: it reads fewer
//! than ten tokens a second. The same model as Q8_0 is half as large again, and several times as fast.

use super::Error;
use candle_core::quantized::gguf_file::{Content, write};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Result};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

/// Reads the GGUF file `from`, and writes it with every Q4_1 matrix as Q8_0 to `into`, which appears only once complete.
pub fn requantise(from: &Path, into: &Path) -> std::result::Result<(), Error> {
    let folder = into.parent().unwrap_or(Path::new("."));
    let mut made =
        tempfile::NamedTempFile::new_in(folder).map_err(Error::io("cannot write the local model"))?;
    convert(from, made.as_file_mut()).map_err(|error| Error::damaged(from, error))?;
    made.as_file().sync_all().map_err(Error::io("cannot write the local model"))?;
    made.persist(into).map_err(|error| error.error).map_err(Error::io("cannot write the local model"))?;
    crate::folder::sync(folder).map_err(Error::io("cannot write the local model"))
}

fn convert(from: &Path, into: &mut File) -> Result<()> {
    let mut file = BufReader::new(File::open(from)?);
    let content = Content::read(&mut file)?;
    // Sorted: candle keeps them in hash maps, and the same model shall give the same file.
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort_unstable();
    let mut metadata: Vec<_> = content.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    metadata.sort_unstable_by_key(|(key, _)| *key);
    let tensor = |name: &String| faster(content.tensor(&mut file, name, &Device::Cpu)?);
    let tensors: Vec<QTensor> = names.iter().copied().map(tensor).collect::<Result<_>>()?;
    let named: Vec<_> = names.iter().map(|name| name.as_str()).zip(&tensors).collect();
    let mut out = BufWriter::new(into);
    write(&mut out, &metadata, &named)?;
    out.flush()?;
    Ok(())
}

fn faster(tensor: QTensor) -> Result<QTensor> {
    match tensor.dtype() {
        GgmlDType::Q4_1 => QTensor::quantize(&tensor.dequantize(&Device::Cpu)?, GgmlDType::Q8_0),
        _ => Ok(tensor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Tensor;
    use candle_core::quantized::gguf_file::Value;

    #[test]
    fn slow_matrices_change_form_and_keep_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let (from, into) = (folder.path().join("slow"), folder.path().join("fast"));
        let numbers = Tensor::randn(0f32, 1.0, (4, 64), &Device::Cpu).unwrap();
        let slow = QTensor::quantize(&numbers, GgmlDType::Q4_1).unwrap();
        let norm = QTensor::quantize(&numbers, GgmlDType::F32).unwrap();
        let name = Value::String("tiny".to_owned());
        let mut file = File::create(&from).unwrap();
        write(&mut file, &[("general.name", &name)], &[("slow", &slow), ("norm", &norm)]).unwrap();

        requantise(&from, &into).unwrap();

        let mut file = File::open(&into).unwrap();
        let content = Content::read(&mut file).unwrap();
        assert_eq!(content.metadata["general.name"].to_string().unwrap(), "tiny");
        let mut read = |name| content.tensor(&mut file, name, &Device::Cpu).unwrap();
        assert_eq!((read("slow").dtype(), read("norm").dtype()), (GgmlDType::Q8_0, GgmlDType::F32));
        let (before, after) =
            (slow.dequantize(&Device::Cpu).unwrap(), read("slow").dequantize(&Device::Cpu).unwrap());
        let apart: f32 = (before - after).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap();
        assert!(apart < 0.02, "{apart}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
    }

    #[test]
    fn a_damaged_file_is_named_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("broken");
        std::fs::write(&from, b"GGUF but not really").unwrap();
        let error = requantise(&from, &folder.path().join("fast")).unwrap_err();
        assert!(error.to_string().contains("broken"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
