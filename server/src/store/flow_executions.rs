//! What AWS's StartFlowExecution began, by its names.
//!
//! Always holds: a name is given once within an alias, also after the alias is gone; each has its execution.

use sqlx::{FromRow, SqliteConnection};

use super::executions::Row as Execution;
use super::{ExecutionRow, Result, Store, taken, to_sql};

/// What AWS's StartFlowExecution adds to an execution.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Named {
    /// The alias's id; AWS's test alias for the draft.
    pub alias_id: String,
    pub name: String,
    /// The flow's role and key as it began.
    pub aws_role: String,
    pub aws_key: Option<String>,
}

/// An execution with its name.
#[derive(Clone, Debug)]
pub struct FlowExecutionRow {
    pub execution: ExecutionRow,
    pub named: Named,
}

/// Which of a flow's to list.
#[derive(Clone, Debug)]
pub struct FlowExecutionFilter {
    pub flow: String,
    /// Only this alias's.
    pub alias_id: Option<String>,
    /// Only those that began before the one that began at this time under this id.
    pub before: Option<(u64, String)>,
    pub limit: usize,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    execution: Execution,
    #[sqlx(flatten)]
    named: Named,
}

impl From<Row> for FlowExecutionRow {
    fn from(row: Row) -> Self {
        Self { execution: row.execution.into(), named: row.named }
    }
}

impl Store {
    /// The execution of this name.
    pub async fn flow_execution(&self, flow: &str, alias_id: &str, name: &str) -> Result<FlowExecutionRow> {
        let row: Row = sqlx::query_as(
            "SELECT e.*, f.alias_id, f.name, f.aws_role, f.aws_key
             FROM flow_executions f JOIN executions e ON e.id = f.execution_id
             WHERE f.flow_id = ? AND f.alias_id = ? AND f.name = ?",
        )
        .bind(flow)
        .bind(alias_id)
        .bind(name)
        .fetch_one(&self.readers)
        .await?;
        Ok(row.into())
    }

    /// A flow's, newest first.
    pub async fn flow_executions(&self, filter: FlowExecutionFilter) -> Result<Vec<FlowExecutionRow>> {
        let (at, id) = filter.before.unzip();
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT e.*, f.alias_id, f.name, f.aws_role, f.aws_key
             FROM flow_executions f JOIN executions e ON e.id = f.execution_id
             WHERE f.flow_id = ?1 AND (?2 IS NULL OR f.alias_id = ?2)
               AND (?3 IS NULL OR (f.started_at, f.execution_id) < (?3, ?4))
             ORDER BY f.started_at DESC, f.execution_id DESC LIMIT ?5",
        )
        .bind(filter.flow)
        .bind(filter.alias_id)
        .bind(at.map(to_sql))
        .bind(id)
        .bind(to_sql(filter.limit as u64))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(FlowExecutionRow::from).collect())
    }
}

/// Gives an execution its name, in the transaction that records it.
pub(super) async fn name(
    connection: &mut SqliteConnection,
    execution: &ExecutionRow,
    named: &Named,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO flow_executions (execution_id, flow_id, alias_id, name, aws_role, aws_key, started_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&execution.id)
    .bind(&execution.flow_id)
    .bind(&named.alias_id)
    .bind(&named.name)
    .bind(&named.aws_role)
    .bind(&named.aws_key)
    .bind(to_sql(execution.started_at))
    .execute(connection)
    .await
    .map_err(|error| taken(error, "name"))?;
    Ok(())
}
