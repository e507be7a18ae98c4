package taint

// sqlTable names what takes the text of a statement, in any language of a
// database. "s1" is the first operand that is text: drivers and their versions
// differ in whether a context comes before it.
const sqlTable = `
# The standard library
(*database/sql.{DB,Tx}).{Query,QueryRow,Exec,Prepare} sql:s1
(*database/sql.{DB,Tx,Conn}).{Query,QueryRow,Exec,Prepare}Context sql:s1
(database/sql/driver.Queryer).Query sql:s1
(database/sql/driver.Execer).Exec sql:s1
(database/sql/driver.Conn).Prepare sql:s1
(database/sql/driver.QueryerContext).QueryContext sql:s1
(database/sql/driver.ExecerContext).ExecContext sql:s1
(database/sql/driver.ConnPrepareContext).PrepareContext sql:s1
# Around database/sql
(*github.com/jmoiron/sqlx.{DB,Tx,Conn}).{Queryx,QueryRowx,MustExec,NamedExec,NamedQuery,Preparex,PrepareNamed,PrepareNamedContext,QueryxContext,QueryRowxContext,MustExecContext,NamedExecContext,NamedQueryContext,PreparexContext} sql:s1
(*github.com/jmoiron/sqlx.{DB,Tx,Conn}).{Get,Select,GetContext,SelectContext} sql:s1 fill:stored
github.com/jmoiron/sqlx.{Get,Select,GetContext,SelectContext,NamedExec,NamedQuery,NamedExecContext,NamedQueryContext,MustExec,MustExecContext,Preparex,PreparexContext} sql:s1
(github.com/jmoiron/sqlx.{Queryer,QueryerContext,Execer,ExecerContext,Ext,ExtContext,Preparer,PreparerContext}).{Query,Queryx,QueryRowx,Exec,QueryContext,QueryxContext,QueryRowxContext,ExecContext,Prepare,PrepareContext} sql:s1
github.com/jmoiron/sqlx.{In,Named} from:0
github.com/jmoiron/sqlx.{Rebind,BindNamed} from:1
(*github.com/jmoiron/sqlx.{DB,Tx,Conn}).{Rebind,BindNamed} from:1
(*github.com/{go-gorp/gorp,coopernurse/gorp}.{DbMap,Transaction}).{Exec,Select,SelectOne,SelectInt,SelectNullInt,SelectFloat,SelectNullFloat,SelectStr,SelectNullStr,Query,QueryRow,Prepare} sql:s1
(github.com/go-gorp/gorp.SqlExecutor).{Exec,Select,SelectOne,SelectInt,SelectNullInt,SelectFloat,SelectNullFloat,SelectStr,SelectNullStr,Query,QueryRow} sql:s1
(*gopkg.in/gorp.{DbMap,Transaction}).{Exec,Select,SelectOne,SelectInt,SelectNullInt,SelectFloat,SelectNullFloat,SelectStr,SelectNullStr,Query,QueryRow,Prepare} sql:s1
github.com/georgysavva/scany/{pgxscan,sqlscan,dbscan}.{Get,Select} sql:s1
(*github.com/georgysavva/scany/{pgxscan,sqlscan}.API).{Get,Select} sql:s1
(*{crawshaw.io,zombiezen.com/go}/sqlite.Conn).{Prep,Prepare,PrepareTransient} sql:s1
{crawshaw.io,zombiezen.com/go}/sqlite/sqlitex.{Exec,ExecTransient,ExecScript,ExecuteScript,Execute,ExecuteTransient} sql:s1
(*github.com/mattn/go-sqlite3.SQLiteConn).{Exec,Query,Prepare,ExecContext,QueryContext,PrepareContext} sql:s1
(*github.com/{rqlite,raindog308,kanikanema}/gorqlite.Connection).{Query,QueryOne,Queue,QueueOne,Write,WriteOne,Request} sql:1
(*github.com/{rqlite,raindog308,kanikanema}/gorqlite.Connection).{QueryContext,QueryOneContext,QueueContext,QueueOneContext,WriteContext,WriteOneContext,RequestContext} sql:2
field github.com/{rqlite,raindog308,kanikanema}/gorqlite.ParameterizedStatement.Query sql
# PostgreSQL
({*,}github.com/jackc/pgx.{Conn,ConnPool,Tx}).{Query,QueryRow,Exec,QueryFunc,QueryEx,QueryRowEx,ExecEx} sql:s1
({*,}github.com/jackc/pgx.{Conn,ConnPool,Tx}).{Prepare,PrepareEx} sql:s2
(*github.com/jackc/pgx.Batch).Queue sql:s1
(*github.com/jackc/pgx/pgxpool.{Pool,Conn,Tx}).{Query,QueryRow,Exec,QueryFunc} sql:s1
(*github.com/jackc/pgx/pgxpool.Tx).Prepare sql:s2
(*github.com/jackc/{pgx/pgconn,pgconn}.{PgConn,Batch}).{Exec,ExecParams,CopyTo,CopyFrom} sql:s1
(*github.com/jackc/{pgx/pgconn,pgconn}.PgConn).Prepare sql:s2
(*github.com/go-pg/pg.{DB,Tx,Conn,baseDB}).{Exec,ExecOne} sql:1
(*github.com/go-pg/pg.{DB,Tx,Conn,baseDB}).{ExecContext,ExecOneContext,Query,QueryOne,CopyFrom,CopyTo} sql:2
(*github.com/go-pg/pg.{DB,Tx,Conn,baseDB}).{QueryContext,QueryOneContext} sql:3
(*github.com/go-pg/pg.{DB,Tx,Conn,baseDB}).Prepare sql:s1
(github.com/go-pg/pg{,/orm}.{DBI,DB}).{Exec,ExecOne} sql:1
(github.com/go-pg/pg{,/orm}.{DBI,DB}).{ExecContext,ExecOneContext,Query,QueryOne} sql:2
(github.com/go-pg/pg{,/orm}.{DBI,DB}).{QueryContext,QueryOneContext} sql:3
github.com/go-pg/pg.{Q,SafeQuery} sql:0
github.com/go-pg/pg/orm.{Q,SafeQuery} sql:0
(*github.com/go-pg/pg/orm.Query).{Where,WhereOr,WhereIn,WhereInMulti,WhereInOr,ColumnExpr,TableExpr,OrderExpr,GroupExpr,Having,Join,JoinOn,JoinOnOr,Set,For,Returning,DistinctOn,OnConflict} sql:s1
(*github.com/go-pg/pg/orm.Query).Value sql:s2
(*github.com/go-pg/pg/orm.Query).{Query,QueryOne,Exec,ExecOne} sql:1,2
({*,}github.com/uptrace/bun.{DB,Tx,Conn,IDB,IConn}).{NewRaw,Query,Exec,QueryRow,Prepare,QueryContext,ExecContext,QueryRowContext,PrepareContext} sql:s1
(*github.com/uptrace/bun.{SelectQuery,UpdateQuery,DeleteQuery,InsertQuery,MergeQuery,RawQuery}).{Where,WhereOr,ColumnExpr,TableExpr,ModelTableExpr,OrderExpr,GroupExpr,Having,Join,JoinOn,JoinOnOr,Set,DistinctOn,For,Returning,On,Using,NewRaw} sql:s1
(*github.com/uptrace/bun.{SelectQuery,UpdateQuery,InsertQuery}).{Value,SetColumn} sql:s2
(*github.com/uptrace/bun.{CreateTableQuery,CreateIndexQuery,AddColumnQuery,DropColumnQuery}).{ColumnExpr,TableExpr,ModelTableExpr,Where,IndexExpr,PartitionBy} sql:s1
# Mappers and builders: the text, not what it binds
(*gorm.io/gorm.DB).{Raw,Exec,Where,Not,Or,Having,Order,Group,Select,Table,Joins,InnerJoins,Pluck} sql:1
(*gorm.io/gorm.DB).{First,Last,Take,Find,FirstOrInit,FirstOrCreate} sql:v1 fill:stored
(*gorm.io/gorm.DB).{Delete,Preload,Distinct} sql:v1
(gorm.io/gorm.{Interface,ChainInterface,SetCreateOrUpdateInterface,JoinBuilder,PreloadBuilder}).{Raw,Where,Not,Or,Having,Order,Group,Select,Table,Exec} sql:1
(gorm.io/gorm.{Interface,ChainInterface}).Exec sql:2
gorm.io/gorm.Expr sql:0
field gorm.io/gorm/clause.{Expr,NamedExpr}.SQL sql
(*github.com/jinzhu/gorm.DB).{Raw,Exec,Where,Not,Or,Having,Order,Group,Select,Table,Joins,Pluck} sql:1
(*github.com/jinzhu/gorm.DB).{First,Last,Take,Find,FirstOrInit,FirstOrCreate} sql:v1 fill:stored
(*github.com/jinzhu/gorm.DB).{Delete,Preload} sql:v1
github.com/jinzhu/gorm.Expr sql:0
({*,}{xorm.io/xorm,github.com/go-xorm/xorm,github.com/xormplus/xorm}.{Session,Engine,EngineGroup,EngineInterface,Interface}).{SQL,Sql,Where,And,Or,NotIn,In,OrderBy,GroupBy,Having,Select,Table,Prepare,Alias} sql:1
({*,}{xorm.io/xorm,github.com/go-xorm/xorm,github.com/xormplus/xorm}.{Session,Engine,EngineGroup,EngineInterface,Interface}).{Query,Exec,QueryString,QueryInterface,QuerySliceString} sql:v1
({*,}{xorm.io/xorm,github.com/go-xorm/xorm,github.com/xormplus/xorm}.{Session,Engine,EngineGroup,EngineInterface,Interface}).SetExpr sql:2
({*,}{xorm.io/xorm,github.com/go-xorm/xorm,github.com/xormplus/xorm}.{Session,Engine,EngineGroup,EngineInterface,Interface}).Join sql:2,3
{xorm.io,github.com/go-xorm}/builder.Expr sql:0
(*{xorm.io,github.com/go-xorm}/builder.Builder).{OrderBy,GroupBy,Having} sql:1
{github.com/Masterminds,gopkg.in/Masterminds,github.com/lann,github.com/elgris}/squirrel.{Expr,Insert,Replace,Update,Delete,Case,Alias} sql:0
{github.com/Masterminds,gopkg.in/Masterminds,github.com/lann,github.com/elgris}/squirrel.Select sql:0
({github.com/Masterminds,gopkg.in/Masterminds,github.com/lann,github.com/elgris}/squirrel.{SelectBuilder,UpdateBuilder,DeleteBuilder,InsertBuilder,StatementBuilderType}).{Where,OrderBy,OrderByClause,GroupBy,Having,From,Columns,Column,Join,LeftJoin,RightJoin,InnerJoin,CrossJoin,FullJoin,JoinClause,Suffix,Prefix,Options,Table,Into,Select,Insert,Replace,Update,Delete,Set} sql:1
(*github.com/elgris/squirrel.{SelectBuilder,UpdateBuilder,DeleteBuilder,InsertBuilder,StatementBuilderType}).{Where,OrderBy,GroupBy,Having,From,Columns,Column,Join,LeftJoin,RightJoin,JoinClause,Suffix,Prefix,Options,Table,Into,Select,Insert,Update,Delete,Set} sql:1
{github.com/Masterminds,gopkg.in/Masterminds,github.com/lann,github.com/elgris}/squirrel.{ExecWith,QueryWith,QueryRowWith,ExecContextWith} none
github.com/huandu/go-sqlbuilder.{Raw,Build,Buildf,BuildNamed} sql:0
(*github.com/huandu/go-sqlbuilder.{SelectBuilder,UpdateBuilder,DeleteBuilder,InsertBuilder}).{Where,OrderBy,OrderByAsc,OrderByDesc,GroupBy,Having,From,Select,Join,JoinWithOption,SQL,Set,Update,DeleteFrom,InsertInto,Cols} sql:s1
github.com/doug-martin/goqu{,/exp}.{L,Literal,NewLiteralExpression} sql:0
(*github.com/doug-martin/goqu.{Database,TxDatabase}).{Exec,ExecContext,Query,QueryContext,QueryRow,QueryRowContext,Prepare,PrepareContext,ScanStruct,ScanStructs,ScanVal,ScanVals,ScanStructContext,ScanStructsContext,ScanValContext,ScanValsContext} sql:s1
{entgo.io/ent,github.com/facebook/ent,github.com/facebookincubator/ent}/dialect/sql.{ExprP,Raw,Expr} sql:0
(*{entgo.io/ent,github.com/facebook/ent,github.com/facebookincubator/ent}/dialect/sql.Builder).WriteString sql:1?
({*,}{entgo.io/ent,github.com/facebook/ent}/dialect{,/sql}.{Driver,Conn,Tx,ExecQuerier}).{Exec,Query,ExecContext,QueryContext} sql:s1
github.com/{volatiletech/sqlboiler,aarondl/sqlboiler}/queries/qm.{SQL,Where,And,Or,WhereIn,AndIn,OrIn,WhereNotIn,AndNotIn,OrNotIn,OrderBy,GroupBy,Having,Select,Distinct,From,InnerJoin,LeftOuterJoin,RightOuterJoin,FullOuterJoin,For,With,Comment} sql:0
github.com/{volatiletech/sqlboiler,aarondl/sqlboiler}/queries.{Raw,RawG} sql:s1
({*,}github.com/{astaxie/beego,beego/beego,beego/beego/client,beego/beego/adapter}/orm.{Ormer,TxOrmer,QueryExecutor,ormBase,orm,Orm,DoNothingOrm}).{Raw,RawWithCtx} sql:s1
({*,}github.com/{astaxie/beego,beego/beego,beego/beego/client,beego/beego/adapter}/orm.{QueryBuilder,MySQLQueryBuilder,TiDBQueryBuilder,PostgresQueryBuilder}).{Select,From,InnerJoin,LeftJoin,RightJoin,On,Where,And,Or,In,OrderBy,Having,GroupBy,Update,Set,Delete,InsertInto,Values,Subquery,ForUpdate} sql:1
({*,}github.com/{astaxie/beego,beego/beego,beego/beego/client,beego/beego/adapter}/orm.{QuerySeter,Condition,querySet}).{FilterRaw,Raw} sql:2
({*,}github.com/{astaxie/beego,beego/beego,beego/beego/client,beego/beego/adapter}/orm.{DB,dbQuerier,TxDB,stmtQuerier}).{Query,QueryRow,Exec,Prepare,QueryContext,QueryRowContext,ExecContext,PrepareContext} sql:s1
({*,}github.com/gogf/gf/database/gdb.{DB,Core,TX,TXCore,Link}).{Query,Exec,Prepare,GetAll,GetOne,GetValue,GetArray,GetCount,GetScan,GetStruct,GetStructs,Raw,DoQuery,DoExec,DoGetAll,DoPrepare,DoCommit,QueryContext,ExecContext,PrepareContext} sql:s1
(*github.com/gogf/gf/database/gdb.Model).{Where,Wheref,WhereOr,WhereOrf,And,Or,Having,Order,Group,Fields,FieldsEx,LeftJoin,RightJoin,InnerJoin,Raw,OrderRandom} sql:1
github.com/gogf/gf/database/gdb.Raw sql:0
github.com/upper/db.Raw sql:0
upper.io/db.Raw sql:0
({github.com/upper/db,upper.io/db/lib/sqlbuilder}.{SQL,SQLBuilder,SQLBuilderX}).{Query,QueryRow,Exec,Prepare,Iterator} sql:1
({github.com/upper/db,upper.io/db/lib/sqlbuilder}.{SQL,SQLBuilder,SQLBuilderX}).{QueryContext,QueryRowContext,ExecContext,PrepareContext,IteratorContext} sql:2
github.com/{gocraft,mailru}/dbr.{Expr,SelectBySql,InsertBySql,UpdateBySql,DeleteBySql} sql:0
(*github.com/{gocraft,mailru}/dbr.{Session,Tx,Connection,SelectStmt,SelectBuilder,UpdateStmt,UpdateBuilder,DeleteStmt,DeleteBuilder,InsertStmt}).{SelectBySql,InsertBySql,UpdateBySql,DeleteBySql,Where,Having,OrderBy,OrderAsc,OrderDesc,GroupBy,Suffix,Comment,From,Join,LeftJoin,RightJoin,FullJoin,Exec,Query} sql:1
({*,}github.com/gobuffalo/pop.{Connection,Query}).{RawQuery,Where,Order,GroupBy,Having,Select,Join,LeftJoin,RightJoin,InnerJoin} sql:s1
(*gopkg.in/reform.{DB,TX,Querier,DBTX}).{Exec,Query,QueryRow,ExecContext,QueryContext,QueryRowContext} sql:s1
(*gopkg.in/reform.{DB,TX,Querier}).{SelectOneTo,SelectOneFrom,SelectRows,SelectAllFrom,FindOneTo,DeleteFrom} sql:s1
# Services
(*cloud.google.com/go/bigquery.Client).Query sql:s1
field cloud.google.com/go/bigquery.QueryConfig.Q sql
cloud.google.com/go/spanner.NewStatement sql:0
field cloud.google.com/go/spanner.Statement.SQL sql
(github.com/ClickHouse/clickhouse-go{,/lib/driver}.Conn).{Query,QueryRow,Select,Exec,PrepareBatch,AsyncInsert} sql:s1
field github.com/aws/aws-sdk-go/service/{athena.StartQueryExecutionInput.QueryString,dynamodb.ExecuteStatementInput.Statement,dynamodb.BatchStatementRequest.Statement,dynamodb.ParameterizedStatement.Statement,rdsdataservice.ExecuteStatementInput.Sql,redshiftdataapiservice.ExecuteStatementInput.Sql,timestreamquery.QueryInput.QueryString,simpledb.SelectInput.SelectExpression} sql
field github.com/aws/aws-sdk-go-v2/service/{athena.StartQueryExecutionInput.QueryString,dynamodb.ExecuteStatementInput.Statement,dynamodb/types.BatchStatementRequest.Statement,dynamodb/types.ParameterizedStatement.Statement,rdsdata.ExecuteStatementInput.Sql,redshiftdata.ExecuteStatementInput.Sql,timestreamquery.QueryInput.QueryString} sql
(*github.com/aws/aws-sdk-go/service/athena.StartQueryExecutionInput).SetQueryString sql:1
(*github.com/aws/aws-sdk-go/service/dynamodb.{ExecuteStatementInput,BatchStatementRequest}).SetStatement sql:1
(*github.com/couchbase/gocb.{Cluster,Scope}).{Query,AnalyticsQuery} sql:s1
({*,}{github.com/couchbase,gopkg.in/couchbase}/gocb.{Bucket,Cluster}).{ExecuteN1qlQuery,ExecuteAnalyticsQuery,Query,AnalyticsQuery} sql:1
{github.com/couchbase,gopkg.in/couchbase}/gocb.{NewN1qlQuery,NewAnalyticsQuery} sql:0
({*,}github.com/{gocql/gocql,apache/cassandra-gocql-driver}.{Session,Batch}).{Query,Bind} sql:s1
github.com/gocql/gocql.NewBatch none
({*,}github.com/scylladb/gocqlx.Session).{Query,ContextQuery,ExecStmt} sql:s1
({*,}github.com/neo4j/neo4j-go-driver/neo4j.{Session,SessionWithContext,Transaction,ExplicitTransaction,ManagedTransaction}).Run sql:s1
github.com/neo4j/neo4j-go-driver/neo4j.ExecuteQuery sql:s1
({*,}github.com/influxdata/influxdb-client-go/api.QueryAPI).{Query,QueryRaw} sql:s1
github.com/influxdata/influxdb1-client.NewQuery sql:0
github.com/influxdata/influxdb/client.NewQuery sql:0
(*github.com/arangodb/go-driver.Database).Query sql:s1
(github.com/arangodb/go-driver.Database).Query sql:s1
# Documents
({*,}go.mongodb.org/mongo-driver/mongo.Collection).{Find,FindOne,FindOneAndDelete,FindOneAndReplace,FindOneAndUpdate,DeleteOne,DeleteMany,UpdateOne,UpdateMany,ReplaceOne,Aggregate,CountDocuments,Watch} nosql:2
({*,}go.mongodb.org/mongo-driver/mongo.Collection).Distinct nosql:2,3
({*,}go.mongodb.org/mongo-driver/mongo.{Database,Client}).{RunCommand,RunCommandCursor,Aggregate,Watch} nosql:2
(*{gopkg.in,github.com/globalsign,github.com/go-mgo}/mgo.Collection).{Find,Remove,RemoveAll,Update,UpdateAll,Upsert,Pipe} nosql:1
(*{gopkg.in,github.com/globalsign,github.com/go-mgo}/mgo.Database).Run nosql:1
github.com/olivere/elastic.NewRawStringQuery nosql:0
gopkg.in/olivere/elastic.NewRawStringQuery nosql:0
({*,}github.com/{redis/go-redis,go-redis/redis}.{Client,ClusterClient,Ring,Conn,Tx,Pipeline,Cmdable,UniversalClient,Scripter,Pipeliner,cmdable}).{Eval,EvalRO,ScriptLoad} nosql:s1
github.com/{redis/go-redis,go-redis/redis}.NewScript nosql:0
# Which statement it is does not come out of these
pkg github.com/jmoiron/sqlx none
pkg gorm.io/gorm none
pkg gorm.io/... none
pkg github.com/jinzhu/gorm none
pkg github.com/jackc/pgx none
pkg github.com/jackc/pgx/... none
pkg github.com/uptrace/bun none
pkg github.com/go-pg/pg none
pkg github.com/go-pg/pg/... none
pkg xorm.io/xorm none
pkg github.com/redis/go-redis none
pkg github.com/go-redis/redis none
pkg github.com/gocql/gocql none
`
