//! Rows as Parquet: groups of rows, column by column, compressed. A group is written when it is full, and goes out.

use super::{Cell, Column, Heading, Kind};
use ::parquet::basic::{Compression, GzipLevel};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::parser::parse_message_type;
use std::io::{Error, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows of a group.
const GROUP_ROWS: usize = 20_000;

/// A file that is being written.
pub(super) struct Table {
    writer: SerializedFileWriter<Sink>,
    sink: Sink,
    kinds: Vec<Kind>,
    rows: Vec<Vec<Cell>>,
}

/// Where the file goes until it is taken out.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Table {
    pub(super) fn begin(heading: &Heading) -> Result<Self, Error> {
        let schema = parse_message_type(&schema(heading)).map_err(failed)?;
        // A stronger one takes twice the time for a few percent.
        let level = GzipLevel::try_new(1).map_err(failed)?;
        let compression = Compression::GZIP(level);
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .build();
        let sink = Sink::default();
        let writer =
            SerializedFileWriter::new(sink.clone(), Arc::new(schema), Arc::new(properties));
        Ok(Self {
            writer: writer.map_err(failed)?,
            sink,
            kinds: heading.columns.iter().map(|it| it.kind).collect(),
            rows: Vec::new(),
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        self.rows.push(cells.to_vec());
        if self.rows.len() >= GROUP_ROWS {
            self.group().map_err(failed)?;
        }
        Ok(())
    }

    /// What is ready to go out.
    pub(super) fn take(&self) -> Vec<u8> {
        self.sink.take()
    }

    /// The rest.
    pub(super) fn end(mut self) -> Result<Vec<u8>, Error> {
        if !self.rows.is_empty() {
            self.group().map_err(failed)?;
        }
        self.writer.close().map_err(failed)?;
        Ok(self.sink.take())
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        for (place, kind) in self.kinds.iter().enumerate() {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let cells = rows.iter().filter_map(|row| row.get(place));
            match kind {
                Kind::Number | Kind::Instant => numbers(&mut column, cells)?,
                Kind::Text => texts(&mut column, cells)?,
                Kind::Flag => flags(&mut column, cells)?,
            }
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

/// The names and types of the columns. Any may be empty.
fn schema(heading: &Heading) -> String {
    let columns = heading.columns.iter();
    let columns = columns.map(|Column { name, kind }| match kind {
        Kind::Number => format!("OPTIONAL INT64 {name};"),
        Kind::Instant => format!("OPTIONAL INT64 {name} (TIMESTAMP(MICROS,true));"),
        Kind::Text => format!("OPTIONAL BYTE_ARRAY {name} (STRING);"),
        Kind::Flag => format!("OPTIONAL BOOLEAN {name};"),
    });
    format!(
        "message {} {{ {} }}",
        heading.name.replace('-', "_"),
        columns.collect::<String>()
    )
}

/// Values that are there, and for each cell whether one is.
fn split<'a, T>(
    cells: impl Iterator<Item = &'a Cell>,
    value: impl Fn(&Cell) -> Option<T>,
) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    (values, levels)
}

fn numbers<'a>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell>,
) -> Result<(), ParquetError> {
    let (values, levels) = split(cells, |cell| match cell {
        Cell::Number(number) => i64::try_from(*number).ok(),
        Cell::Instant(us) => Some(*us),
        Cell::Empty | Cell::Flag(_) | Cell::Word(_) | Cell::Text(_) => None,
    });
    let column = column.typed::<Int64Type>();
    column.write_batch(&values, Some(&levels), None).map(drop)
}

fn texts<'a>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell>,
) -> Result<(), ParquetError> {
    let (values, levels) = split(cells, |cell| match cell {
        Cell::Word(text) => Some(ByteArray::from(&**text)),
        Cell::Text(text) => Some(ByteArray::from(text.as_str())),
        Cell::Empty | Cell::Number(_) | Cell::Instant(_) | Cell::Flag(_) => None,
    });
    let column = column.typed::<ByteArrayType>();
    column.write_batch(&values, Some(&levels), None).map(drop)
}

fn flags<'a>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell>,
) -> Result<(), ParquetError> {
    let (values, levels) = split(cells, |cell| match cell {
        Cell::Flag(is) => Some(*is),
        Cell::Empty | Cell::Number(_) | Cell::Instant(_) | Cell::Word(_) | Cell::Text(_) => None,
    });
    let column = column.typed::<BoolType>();
    column.write_batch(&values, Some(&levels), None).map(drop)
}

fn failed(error: ParquetError) -> Error {
    Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use axum::body::Bytes;

    const KINDS: [Kind; 4] = [Kind::Number, Kind::Instant, Kind::Text, Kind::Flag];

    fn cells(n: u64) -> [Cell; 4] {
        KINDS.map(|kind| match kind {
            Kind::Number => Cell::Number(n),
            Kind::Instant if n == 0 => Cell::Empty,
            Kind::Instant => Cell::Instant(1_700_000_000_000_000),
            Kind::Text => Cell::Text(format!("=row {n}")),
            Kind::Flag => Cell::Flag(n.is_multiple_of(2)),
        })
    }

    #[test]
    fn table_is_read_by_another_reader_as_it_was_written() {
        let names = ["n", "at", "share[sl.best]", "is"];
        let columns = names.into_iter().zip(KINDS);
        let columns = columns.map(|(name, kind)| Column {
            name: name.into(),
            kind,
        });
        let heading = Heading {
            name: "some-rows",
            columns: columns.collect(),
        };
        let mut table = Table::begin(&heading).unwrap();
        let mut file = Vec::new();
        let n = u64::try_from(GROUP_ROWS).unwrap() + 5;
        for n in 0..n {
            table.row(&cells(n)).unwrap();
            file.extend(table.take());
        }
        file.extend(table.end().unwrap());
        let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let mut rows = reader.get_row_iter(None).unwrap();
        let first = rows.next().unwrap().unwrap();
        let columns: Vec<_> = first.get_column_iter().collect();
        let read: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(read, names);
        assert_eq!(columns[0].1, &Field::Long(0));
        assert_eq!(columns[1].1, &Field::Null);
        assert_eq!(columns[2].1, &Field::Str("=row 0".into()));
        assert_eq!(columns[3].1, &Field::Bool(true));
        let second = rows.next().unwrap().unwrap();
        let arrived = second.get_column_iter().nth(1).unwrap().1.clone();
        assert_eq!(arrived, Field::TimestampMicros(1_700_000_000_000_000));
        assert_eq!(u64::try_from(rows.count()).unwrap(), n - 2);
    }
}
